package org.whonix2.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.openpgp.SecretKey;
import org.whonix2.server.Attestations;
import org.whonix2.server.NamedBlobs;
import org.whonix2.server.TestDatabase;
import org.whonix2.server.blob.BlobNames;
import org.whonix2.server.store.LogStore;

/** A server in a process of its own whose memory is far smaller than a blob. */
class BlobProcessTest {
  private static final SecretKey REBUILDER = Attestations.rebuilder("alpha");
  private static final int MEBIBYTE = 1 << 20;
  private static final int LENGTH = 300;

  @TempDir Path folder;
  private final HttpClient http = HttpClient.newHttpClient();
  private Path file;
  private Sha256 digest;
  private ServerProcess server;

  @BeforeEach
  void start() throws Exception {
    file = folder.resolve("blob");
    byte[] step = new byte[MEBIBYTE];
    new Random(1).nextBytes(step);
    try (OutputStream out = Files.newOutputStream(file)) {
      for (int i = 0; i < LENGTH; i++) {
        step[i] ^= 1;
        out.write(step);
      }
    }
    try (InputStream in = Files.newInputStream(file)) {
      digest = Sha256.of(in);
    }
    // The log has the entry before the server knows of blobs: it finds what old entries name.
    try (LogStore store = LogStore.open(TestDatabase.open(folder.resolve("log")), List.of())) {
      assertThat(
              store.append(
                  store.head(),
                  List.of(
                      NamedBlobs.entry(
                          NamedBlobs.of(REBUILDER, 1, digest, Files.size(file)), REBUILDER))))
          .isPresent();
    }
    ServerProcess.Ended made =
        ServerProcess.run(
            folder, List.of("keygen", "--name", "log.example.org", "--out", "log.key"));
    assertThat(made.exitCode()).as(made.err()).isZero();
    server = serve();
  }

  private ServerProcess serve() throws IOException {
    List<String> arguments =
        new ArrayList<>(
            List.of("serve", "--listen", "127.0.0.1:0", "--state", "log", "--key", "log.key"));
    arguments.addAll(TestDatabase.arguments(folder.resolve("log")));
    return ServerProcess.start(
        folder, List.of("env", "JAVA_TOOL_OPTIONS=-Xmx64m -XX:MaxDirectMemorySize=32m"), arguments);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private URI blob() {
    return URI.create(server.address() + "/api/v1/blobs/" + digest);
  }

  private int put() throws Exception {
    return http.send(
            HttpRequest.newBuilder(blob()).PUT(HttpRequest.BodyPublishers.ofFile(file)).build(),
            HttpResponse.BodyHandlers.discarding())
        .statusCode();
  }

  private Sha256 get() throws Exception {
    HttpResponse<InputStream> answer =
        http.send(
            HttpRequest.newBuilder(blob()).build(), HttpResponse.BodyHandlers.ofInputStream());
    assertThat(answer.statusCode()).isEqualTo(200);
    try (InputStream body = answer.body()) {
      return Sha256.of(body);
    }
  }

  private void leaveInTheMiddle() throws IOException {
    try (Socket socket =
        new Socket(InetAddress.getLoopbackAddress(), URI.create(server.address()).getPort())) {
      String head = "GET /api/v1/blobs/%s HTTP/1.1\r\nHost: x\r\n\r\n".formatted(digest);
      socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
      assertThat(socket.getInputStream().readNBytes(MEBIBYTE)).hasSize(MEBIBYTE);
    }
  }

  @Test
  void manyTimesItsMemoryGoesInAndOut() throws Exception {
    assertThat(put()).isEqualTo(201);
    ExecutorService readers = Executors.newFixedThreadPool(4);
    try {
      List<Future<Sha256>> read = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        read.add(readers.submit(this::get));
      }
      for (Future<Sha256> each : read) {
        assertThat(each.get()).isEqualTo(digest);
      }
    } finally {
      readers.shutdownNow();
    }
    for (int i = 0; i < 30; i++) {
      // More readers that leave than can be served at a time.
      leaveInTheMiddle();
    }
    assertThat(get()).isEqualTo(digest);
  }

  @Test
  void killedWhileABlobArrivesItHasNoneOfIt() throws Exception {
    try (Socket socket =
        new Socket(InetAddress.getLoopbackAddress(), URI.create(server.address()).getPort())) {
      OutputStream out = socket.getOutputStream();
      String head =
          "PUT /api/v1/blobs/%s HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n"
              .formatted(digest, Files.size(file));
      out.write(head.getBytes(StandardCharsets.US_ASCII));
      try (InputStream in = Files.newInputStream(file)) {
        out.write(in.readNBytes(20 * MEBIBYTE));
      }
      out.flush();
      server.kill();
    }
    server = serve();
    HttpResponse<Void> answer =
        http.send(HttpRequest.newBuilder(blob()).build(), HttpResponse.BodyHandlers.discarding());
    assertThat(answer.statusCode()).isEqualTo(404);
    assertThat(put()).isEqualTo(201);
    server.kill();
    server = serve();
    assertThat(get()).isEqualTo(digest);
    try (Stream<Path> all = Files.walk(folder.resolve("log/blobs"))) {
      assertThat(all.filter(each -> each.getFileName().toString().equals(digest.toString())))
          .hasSize(1);
    }
    // Entries and folder are enough to know who pays, also where the table was lost.
    server.kill();
    try (LogStore store =
        LogStore.open(
            TestDatabase.open(folder.resolve("log")), List.of(new BlobNames(Clock.systemUTC())))) {
      assertThat(
              store.<Long>read(
                  "a test",
                  handle ->
                      handle
                          .createQuery("select sum(blob_size) from blob")
                          .mapTo(Long.class)
                          .one()))
          .isEqualTo(Files.size(file));
    }
  }
}
