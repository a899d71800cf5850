package org.whonix2.update.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
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
final class TestLog implements AutoCloseable {
  static final String ORIGIN = "log.example.org/test";
  private static final String BLOBS = "api/v1/blobs/";

  private static final SecureRandom RANDOM = new SecureRandom();

  final SigningKey key;
  final SigningKey w1;
  final SigningKey w2;
  List<byte[]> entries = new ArrayList<>();
  List<SigningKey> cosigners;
  Instant cosignedAt = Instant.now();
  UnaryOperator<byte[]> bundleFilter = bundle -> bundle;

  /** The status of the answer to whoever asks for this file. */
  Function<Sha256, Integer> blob = digest -> 404;

  /** Which files were asked for. */
  final List<Sha256> blobsAsked = new CopyOnWriteArrayList<>();

  /** How many bundles were asked for. */
  final AtomicInteger bundles = new AtomicInteger();

  private final HttpServer server;

  TestLog() throws IOException, MalformedInputException {
    this(
        SigningKey.generate(ORIGIN, SignatureType.ED25519, RANDOM),
        SigningKey.generate("w1.example.org", SignatureType.COSIGNATURE, RANDOM),
        SigningKey.generate("w2.example.org", SignatureType.COSIGNATURE, RANDOM));
  }

  private TestLog(SigningKey key, SigningKey w1, SigningKey w2) throws IOException {
    this.key = key;
    this.w1 = w1;
    this.w2 = w2;
    cosigners = List.of(w1, w2);
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
  }

  /** Another address of this log, which shows what it has now. */
  TestLog mirror() throws IOException {
    TestLog mirror = new TestLog(key, w1, w2);
    mirror.entries = new ArrayList<>(entries);
    return mirror;
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  private void answer(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath().substring(1);
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
    exchange.sendResponseHeaders(200, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  private byte[] checkpoint() throws MalformedInputException {
    Frontier frontier = Frontier.empty();
    for (byte[] entry : entries) {
      frontier = frontier.appendEntry(entry);
    }
    Checkpoint checkpoint = new Checkpoint(ORIGIN, frontier.size(), frontier.root());
    SignedNote note = checkpoint.sign(key);
    List<NoteSignature> lines = new ArrayList<>(note.signatures());
    cosigners.forEach(witness -> lines.add(witness.cosign(checkpoint, cosignedAt)));
    return note.withSignatures(lines).toBytes();
  }

  private byte[] bundle(TilePath path) throws MalformedInputException {
    bundles.incrementAndGet();
    int from = (int) path.index() * TilePath.FULL;
    if (!path.isEntries() || from + path.width() > entries.size()) {
      throw new MalformedInputException("no such tile");
    }
    return bundleFilter.apply(EntryBundle.format(entries.subList(from, from + path.width())));
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
