package org.whonix2.server.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.whonix2.server.Answers.assertProblem;
import static org.whonix2.server.Answers.header;
import static org.whonix2.server.Answers.json;
import static org.whonix2.server.Answers.text;

import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.whonix2.server.TestLog;

/** Health, and what every route has in common. */
class ServiceTest {
  @TempDir static Path folder;
  private static TestLog log;

  @BeforeAll
  static void start() throws Exception {
    log = new TestLog(folder);
  }

  @AfterAll
  static void stop() throws Exception {
    log.close();
  }

  @Test
  void healthSaysWhichLogAndHowLong() {
    HttpResponse<byte[]> answer = log.get("/health");
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(header(answer, "Content-Type")).isEqualTo("application/json");
    assertThat(json(answer).path("status").asText()).isEqualTo("ok");
    assertThat(json(answer).path("origin").asText()).isEqualTo(TestLog.ORIGIN);
    assertThat(json(answer).path("size").isIntegralNumber()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "GET, /, 404, ''",
    "GET, /nothing, 404, ''",
    "GET, /checkpoint/, 404, ''",
    "GET, /CHECKPOINT, 404, ''",
    "GET, //checkpoint, 404, ''",
    "GET, /api/../checkpoint, 404, ''",
    "GET, /api/v1/attestations/..%2f..%2fhealth, 400, ''",
    "POST, /checkpoint, 405, 'GET, HEAD'",
    "DELETE, /api/v1/attestations/0, 405, 'GET, HEAD'",
    "PUT, /api/v1/attestations, 405, 'GET, POST, HEAD'",
    "POST, /api/v1/blobs/0, 405, 'GET, PUT, HEAD'",
  })
  void otherRequestsAreProblems(String method, String path, int status, String allowed)
      throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), log.uri("/").getPort())) {
      String request = method + " " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      String answer = answer(socket);
      assertThat(answer).startsWith("HTTP/1.1 " + status);
      assertThat(answer).containsIgnoringCase("content-type: application/problem+json");
      String allow = allowed.isEmpty() ? "" : "Allow: " + allowed + "\r\n";
      assertThat(answer).contains(allow);
      assertThat(answer.contains("Allow:")).isEqualTo(!allowed.isEmpty());
      assertThat(answer).doesNotContainIgnoringCase("jetty").doesNotContainIgnoringCase("javalin");
    }
  }

  private static String answer(Socket socket) throws Exception {
    socket.setSoTimeout(20_000);
    try (InputStream in = socket.getInputStream()) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void tooLongHeadersAreRefused() {
    HttpResponse<byte[]> answer =
        TestLog.send(HttpRequest.newBuilder(log.uri("/health")).header("X", "x".repeat(20_000)));
    assertProblem(answer, 431, "");
  }

  @Test
  void aBodyWithoutAnEndIsCutOff() throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), log.uri("/").getPort())) {
      socket
          .getOutputStream()
          .write(
              ("POST /api/v1/attestations HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                      + "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
                      + ("1000\r\n" + "x".repeat(0x1000) + "\r\n").repeat(17))
                  .getBytes(StandardCharsets.US_ASCII));
      assertThat(answer(socket)).startsWith("HTTP/1.1 413");
    }
  }

  @Test
  void whoWaitsToBeAskedForTheBodyIsAsked() throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), log.uri("/").getPort())) {
      socket.setSoTimeout(20_000);
      byte[] body = "{}".getBytes(StandardCharsets.US_ASCII);
      String head =
          "POST /api/v1/attestations HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
              + "Expect: 100-continue\r\nContent-Type: application/json\r\nContent-Length: "
              + body.length
              + "\r\n\r\n";
      socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
      byte[] asked = socket.getInputStream().readNBytes(12);
      assertThat(new String(asked, StandardCharsets.US_ASCII)).isEqualTo("HTTP/1.1 100");
      socket.getOutputStream().write(body);
      assertThat(answer(socket)).contains("HTTP/1.1 400");
    }
  }

  @Test
  void theAnswerNamesNoServer() {
    HttpResponse<byte[]> answer = log.get("/health");
    assertThat(header(answer, "Server")).isEmpty();
    assertThat(answer.headers().map()).doesNotContainKey("x-powered-by");
    assertThat(answer.headers().map()).doesNotContainKey("set-cookie");
    assertThat(text(answer)).doesNotContain("127.0.0.1");
  }
}
