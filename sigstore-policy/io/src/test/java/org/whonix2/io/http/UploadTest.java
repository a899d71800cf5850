package org.whonix2.io.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files on their way to a server. */
@Timeout(30)
class UploadTest {
  private final HttpTransport http =
      new HttpTransport(new HttpDeadlines(Duration.ofSeconds(2), Duration.ofSeconds(2)));

  @TempDir Path folder;

  @AfterEach
  void close() {
    http.close();
  }

  private Path file(int length) throws IOException {
    byte[] content = new byte[length];
    Arrays.fill(content, (byte) 'x');
    return Files.write(folder.resolve("file"), content);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 65_536, 65_537, 5_000_000})
  void aFileComesWholeWithItsLength(int length) throws Exception {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          int came = exchange.getRequestBody().readAllBytes().length;
          byte[] said =
              (exchange.getRequestMethod()
                      + " "
                      + exchange.getRequestHeaders().getFirst("Content-Type")
                      + " "
                      + exchange.getRequestHeaders().getFirst("Content-Length")
                      + " "
                      + came)
                  .getBytes(US_ASCII);
          exchange.sendResponseHeaders(201, said.length);
          exchange.getResponseBody().write(said);
          exchange.close();
        });
    server.start();
    try {
      URI uri = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/blob");
      HttpAnswer answer = http.put(uri, "text/x.test", file(length), 1_000);
      assertThat(answer.status()).isEqualTo(201);
      assertThat(answer.body())
          .asString(US_ASCII)
          .isEqualTo("PUT text/x.test " + length + " " + length);
    } finally {
      server.stop(0);
    }
  }

  /** Reads a request's head from a connection. */
  private static String head(Socket socket) throws IOException {
    InputStream in = socket.getInputStream();
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    while (!head.toString(US_ASCII).endsWith("\r\n\r\n")) {
      int next = in.read();
      if (next < 0) {
        throw new IOException("no end of the head");
      }
      head.write(next);
    }
    return head.toString(US_ASCII);
  }

  @Test
  void aLongBodyThatIsRefusedIsNotSent() throws Exception {
    try (ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      CompletableFuture<Integer> more =
          CompletableFuture.supplyAsync(
              () -> {
                try (Socket socket = listening.accept()) {
                  assertThat(head(socket)).containsIgnoringCase("Expect: 100-continue");
                  String answer =
                      "HTTP/1.1 507 No\r\nContent-Type: text/plain\r\nContent-Length: 7\r\n\r\nno room";
                  socket.getOutputStream().write(answer.getBytes(US_ASCII));
                  socket.getOutputStream().flush();
                  socket.setSoTimeout(5_000);
                  return socket.getInputStream().readAllBytes().length;
                } catch (IOException e) {
                  throw new IllegalStateException(e);
                }
              });
      URI uri = URI.create("http://127.0.0.1:" + listening.getLocalPort() + "/blob");
      HttpAnswer answer = http.put(uri, "text/x.test", file(5_000_000), 1_000);
      assertThat(answer.status()).isEqualTo(507);
      assertThat(answer.body()).asString(US_ASCII).isEqualTo("no room");
      http.close();
      assertThat(more.get(10, TimeUnit.SECONDS)).isZero();
    }
  }

  @Test
  void aServerThatNeverAnswersDoesNotHoldItForEver() throws Exception {
    try (ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      URI uri = URI.create("http://127.0.0.1:" + listening.getLocalPort() + "/blob");
      Path file = file(100_000);
      assertThatExceptionOfType(FetchException.class)
          .isThrownBy(() -> http.put(uri, "text/x.test", file, 1_000));
    }
  }

  @Test
  void whatAHeadAnnouncesIsNotTooLong() throws Exception {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          exchange.getResponseHeaders().set("Content-Length", "5000000000");
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    server.start();
    try {
      URI uri = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/blob");
      HttpAnswer answer = http.head(uri);
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.body()).isEmpty();
    } finally {
      server.stop(0);
    }
  }
}
