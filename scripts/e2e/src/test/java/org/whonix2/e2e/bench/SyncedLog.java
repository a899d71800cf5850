package org.whonix2.e2e.bench;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.stream.LongStream;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.log.Checkpoint;
import org.whonix2.core.log.EntryBundle;
import org.whonix2.core.log.Frontier;
import org.whonix2.core.log.NoteSignature;
import org.whonix2.core.log.SignatureType;
import org.whonix2.core.log.SignedNote;
import org.whonix2.core.log.SigningKey;
import org.whonix2.core.log.TilePath;
import org.whonix2.core.openpgp.SecretKey;

/**
 * A witnessed log as a box reads it, served from files, and the policy of a box that follows it:
 * three rebuilders who agree about everything. Each rebuild has two artifacts.
 */
final class SyncedLog {
  private static final String ORIGIN = "log.example.org/bench";
  private static final int REBUILDERS = 3;
  private static final int WITNESSES = 2;
  private static final SecureRandom RANDOM = new SecureRandom();

  private final Path folder;
  private final SigningKey key;
  private final List<SigningKey> witnesses = new ArrayList<>();
  private final List<SecretKey> rebuilders = new ArrayList<>();

  private SyncedLog(Path folder) throws MalformedInputException {
    this.folder = folder;
    this.key = SigningKey.generate(ORIGIN, SignatureType.ED25519, RANDOM);
    for (int i = 0; i < WITNESSES; i++) {
      witnesses.add(SigningKey.generate("w" + i, SignatureType.COSIGNATURE, RANDOM));
    }
    for (int i = 0; i < REBUILDERS; i++) {
      rebuilders.add(
          SecretKey.generate("r" + i, Instant.now().minusSeconds(60), Duration.ofDays(30)));
    }
  }

  /** Arguments: a folder, and how many entries. Prints its address and serves until killed. */
  public static void main(String[] arguments) throws IOException, MalformedInputException {
    SyncedLog log = new SyncedLog(Path.of(arguments[0]));
    log.write(Long.parseLong(arguments[1]));
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newFixedThreadPool(2));
    server.createContext(
        "/",
        exchange -> {
          Path file = log.folder.resolve("log" + exchange.getRequestURI().getPath());
          byte[] body = Files.exists(file) ? Files.readAllBytes(file) : new byte[0];
          exchange.sendResponseHeaders(Files.exists(file) ? 200 : 404, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
    String address = "http://127.0.0.1:" + server.getAddress().getPort();
    Files.writeString(log.folder.resolve("policy.yaml"), log.policy(address));
    System.out.println(address);
  }

  private void write(long count) throws IOException, MalformedInputException {
    Frontier frontier = Frontier.empty();
    for (long from = 0; from < count; from += TilePath.FULL) {
      long end = Math.min(count, from + TilePath.FULL);
      List<byte[]> entries = LongStream.range(from, end).parallel().mapToObj(this::entry).toList();
      for (byte[] entry : entries) {
        frontier = frontier.appendEntry(entry);
      }
      TilePath path = TilePath.entries(from / TilePath.FULL, entries.size());
      put(path.toString(), EntryBundle.format(entries));
    }
    Checkpoint checkpoint = new Checkpoint(ORIGIN, frontier.size(), frontier.root());
    SignedNote note = checkpoint.sign(key);
    List<NoteSignature> signatures = new ArrayList<>(note.signatures());
    witnesses.forEach(witness -> signatures.add(witness.cosign(checkpoint, Instant.now())));
    put("checkpoint", note.withSignatures(signatures).toBytes());
  }

  private byte[] entry(long index) {
    try {
      return LoadStatements.signed(
          rebuilders.get((int) (index % REBUILDERS)), 1 + index / REBUILDERS);
    } catch (MalformedInputException e) {
      throw new IllegalStateException(e);
    }
  }

  private void put(String name, byte[] content) {
    Path file = folder.resolve("log").resolve(name);
    try {
      Files.createDirectories(file.getParent());
      Files.write(file, content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String policy(String address) throws IOException {
    StringBuilder text = new StringBuilder();
    text.append("apiVersion: policy.whonix2.org/v1\nkind: UpdatePolicy\n")
        .append(
            "metadata: {name: bench, serial: 1, expires: 2099-01-01T00:00:00Z}\nmode: enforce\n")
        .append(
            "logs: [{origin: %s, key: \"%s\", urls: [\"%s\"]}]\n"
                .formatted(ORIGIN, key.verifierKey(), address))
        .append("witnesses:\n  threshold: %d\n  of:\n".formatted(WITNESSES));
    for (SigningKey witness : witnesses) {
      String name = witness.verifierKey().name();
      text.append(
          "    - {name: %s, operator: of-%s, key: \"%s\"}\n"
              .formatted(name, name, witness.verifierKey()));
    }
    text.append("rebuilders:\n");
    for (int i = 0; i < REBUILDERS; i++) {
      SecretKey rebuilder = rebuilders.get(i);
      Files.writeString(folder.resolve("r" + i + ".asc"), rebuilder.certificate().toArmored());
      text.append(
          """
            - {name: r%d, operator: o%d, jurisdiction: DE, fingerprint: %s, certificate: r%d.asc,
               tool: whonix2-rebuilder, platform: {architecture: amd64, cpuVendor: AMD, kernel: linux},
               compilerRoots: [gcc]}
          """
              .formatted(i, i, rebuilder.certificate().fingerprint(), i));
    }
    return text.append(
            "quorum: {threshold: %d}\nveto: {operators: 1}\nfreshness: {maxAge: 7d}\n"
                .formatted(REBUILDERS))
        .toString();
  }
}
