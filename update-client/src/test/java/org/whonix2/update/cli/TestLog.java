package org.whonix2.update.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.log.Checkpoint;
import org.whonix2.core.log.EntryBundle;
import org.whonix2.core.log.Frontier;
import org.whonix2.core.log.NoteSignature;
import org.whonix2.core.log.SignatureType;
import org.whonix2.core.log.SignedNote;
import org.whonix2.core.log.SigningKey;
import org.whonix2.core.log.TilePath;

/** A log over HTTP, with two witnesses in it, that does whatever a test wants. */
public final class TestLog implements AutoCloseable {
  public static final String ORIGIN = "log.example.org/test";
  private static final String BLOBS = "api/v1/blobs/";

  private static final SecureRandom RANDOM = new SecureRandom();

  public final SigningKey key;
  public final SigningKey w1;
  public final SigningKey w2;
  public volatile List<byte[]> entries = new ArrayList<>();
  public List<SigningKey> cosigners;
  public Instant cosignedAt = Instant.now();

  /** When witnesses say that they cosigned whose clocks are not right. */
  public final Map<SigningKey, Instant> wrongClocks = new ConcurrentHashMap<>();

  public UnaryOperator<byte[]> bundleFilter = bundle -> bundle;

  /** The status of the answer to whoever asks for this file. */
  public volatile Function<Sha256, Integer> blob = digest -> 404;

  /** Which files were asked for. */
  public final List<Sha256> blobsAsked = new CopyOnWriteArrayList<>();

  /** How many bundles were asked for. */
  public final AtomicInteger bundles = new AtomicInteger();

  /** What answers for a path, where it is not this log's honest server. */
  public volatile Function<String, Optional<HttpHandler>> instead = path -> Optional.empty();

  private final String origin;
  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool(TestLog::daemon);

  public TestLog() throws IOException, MalformedInputException {
    this(
        ORIGIN,
        SigningKey.generate(ORIGIN, SignatureType.ED25519, RANDOM),
        SigningKey.generate("w1.example.org", SignatureType.COSIGNATURE, RANDOM),
        SigningKey.generate("w2.example.org", SignatureType.COSIGNATURE, RANDOM));
  }

  private TestLog(String origin, SigningKey key, SigningKey w1, SigningKey w2) throws IOException {
    this.origin = origin;
    this.key = key;
    this.w1 = w1;
    this.w2 = w2;
    cosigners = List.of(w1, w2);
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.setExecutor(threads);
    server.start();
  }

  /** Another address of this log, which shows what it has now. */
  public TestLog mirror() throws IOException {
    TestLog mirror = new TestLog(origin, key, w1, w2);
    mirror.entries = new ArrayList<>(entries);
    return mirror;
  }

  /** An empty log of another origin and key, with the same witnesses. */
  public TestLog beside(String other) throws IOException, MalformedInputException {
    return new TestLog(other, SigningKey.generate(other, SignatureType.ED25519, RANDOM), w1, w2);
  }

  public String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  private void answer(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath().substring(1);
    Optional<HttpHandler> hostile = instead.apply(path);
    if (hostile.isPresent()) {
      hostile.get().handle(exchange);
      exchange.close();
      return;
    }
    byte[] body;
    try {
      if (path.startsWith(BLOBS)) {
        Sha256 digest = Sha256.parse(path.substring(BLOBS.length()));
        blobsAsked.add(digest);
        exchange.sendResponseHeaders(blob.apply(digest), -1);
        exchange.close();
        return;
      }
      body = path.equals("checkpoint") ? checkpoint() : bundle(TilePath.parse(path));
    } catch (MalformedInputException e) {
      exchange.sendResponseHeaders(404, -1);
      exchange.close();
      return;
    }
    send(exchange, body);
    exchange.close();
  }

  /** Signed and cosigned, of what it has now. */
  public byte[] checkpoint() throws MalformedInputException {
    Frontier frontier = Frontier.empty();
    for (byte[] entry : List.copyOf(entries)) {
      frontier = frontier.appendEntry(entry);
    }
    return checkpoint(frontier.size(), frontier.root());
  }

  /** Signed and cosigned, of any tree. */
  public byte[] checkpoint(long size, Sha256 root) throws MalformedInputException {
    Checkpoint checkpoint = new Checkpoint(origin, size, root);
    SignedNote note = checkpoint.sign(key);
    List<NoteSignature> lines = new ArrayList<>(note.signatures());
    cosigners.forEach(
        witness ->
            lines.add(witness.cosign(checkpoint, wrongClocks.getOrDefault(witness, cosignedAt))));
    return note.withSignatures(lines).toBytes();
  }

  /** Answers no request from now on; {@link #serveWell} ends it. */
  public void goSilent() {
    instead = path -> Optional.of(HttpExchange::close);
  }

  /** Serves these bytes as its checkpoint, and the entries that it has. */
  public void show(byte[] checkpoint) {
    instead =
        path ->
            path.equals("checkpoint")
                ? Optional.of(exchange -> send(exchange, checkpoint))
                : Optional.empty();
  }

  public void serveWell() {
    instead = path -> Optional.empty();
  }

  private static void send(HttpExchange exchange, byte[] body) throws IOException {
    exchange.sendResponseHeaders(200, body.length);
    exchange.getResponseBody().write(body);
  }

  private byte[] bundle(TilePath path) throws MalformedInputException {
    bundles.incrementAndGet();
    List<byte[]> all = List.copyOf(entries);
    long from = path.index() * TilePath.FULL;
    if (!path.isEntries() || from + path.width() > all.size()) {
      throw new MalformedInputException("no such tile");
    }
    List<byte[]> some = all.subList((int) from, (int) from + path.width());
    return bundleFilter.apply(EntryBundle.format(some));
  }

  private static Thread daemon(Runnable work) {
    Thread thread = new Thread(work, "test log");
    thread.setDaemon(true);
    return thread;
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
