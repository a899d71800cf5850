package org.whonix2.server.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.whonix2.server.Answers.assertProblem;
import static org.whonix2.server.Answers.header;
import static org.whonix2.server.Answers.text;

import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.whonix2.core.digest.Sha256;
import org.whonix2.server.AttestationServer;
import org.whonix2.server.NamedBlobs;
import org.whonix2.server.TestLog;
import org.whonix2.server.admission.RateLimits;
import org.whonix2.server.blob.BlobLimits;

/** {@code PUT}, {@code GET} and {@code HEAD} of blobs. */
class BlobTest {
  private static final byte[] PAGE =
      "<script>alert(1)</script>\n".repeat(40).getBytes(StandardCharsets.US_ASCII);
  private static final byte[] LONG = new byte[5_000];
  private static final byte[] SECOND = new byte[3_500];
  private static final byte[] THIRD = new byte[3_400];
  private static final byte[] ARTIFACT = new byte[100];

  @TempDir Path folder;
  private TestLog log;

  @BeforeEach
  void start() throws Exception {
    BlobLimits blobs = new BlobLimits(4_000, 5_000, Duration.ofDays(1));
    log =
        new TestLog(
            folder,
            Duration.ofMinutes(10),
            new AttestationServer.Limits(RateLimits.SIGNER, RateLimits.UNVERIFIED, blobs));
    byte[] envelope =
        NamedBlobs.signed(
            NamedBlobs.attestation(
                log.rebuilder(),
                1,
                List.of(ARTIFACT),
                List.of(LONG, SECOND, THIRD, PAGE),
                new byte[0]),
            log.rebuilder());
    assertThat(log.submit(envelope).statusCode()).isEqualTo(201);
  }

  @AfterEach
  void stop() throws Exception {
    log.close();
  }

  private static String path(Object digest) {
    return "/api/v1/blobs/" + digest;
  }

  private HttpResponse<byte[]> put(byte[] content) {
    return put(path(Sha256.of(content)), HttpRequest.BodyPublishers.ofByteArray(content));
  }

  private HttpResponse<byte[]> put(String path, HttpRequest.BodyPublisher content) {
    return TestLog.send(
        HttpRequest.newBuilder(log.uri(path))
            .header("Content-Type", "application/octet-stream")
            .PUT(content));
  }

  private HttpResponse<byte[]> get(byte[] content, String range) {
    return TestLog.send(
        HttpRequest.newBuilder(log.uri(path(Sha256.of(content)))).header("Range", range));
  }

  @Test
  void isTakenOnceAndServedSoThatNoBrowserLooksIntoIt() throws Exception {
    assertProblem(log.get(path(Sha256.of(PAGE))), 404, "no such blob");
    HttpResponse<byte[]> stored = put(PAGE);
    assertThat(stored.statusCode()).as(text(stored)).isEqualTo(201);
    assertThat(header(stored, "Location")).isEqualTo(path(Sha256.of(PAGE)));
    assertThat(put(PAGE).statusCode()).isEqualTo(204);
    HttpResponse<byte[]> answer = log.get(path(Sha256.of(PAGE)));
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo(PAGE);
    assertThat(header(answer, "Content-Type")).isEqualTo("application/octet-stream");
    assertThat(header(answer, "X-Content-Type-Options")).isEqualTo("nosniff");
    assertThat(header(answer, "Content-Disposition")).startsWith("attachment; filename=");
    assertThat(header(answer, "Content-Security-Policy")).contains("sandbox");
    assertThat(header(answer, "Cache-Control")).contains("immutable");
    assertThat(header(answer, "Content-Length")).isEqualTo(String.valueOf(PAGE.length));
    log.restart();
    assertThat(log.get(path(Sha256.of(PAGE))).body()).isEqualTo(PAGE);
  }

  @Test
  void aHeadTellsWhetherItIsThere() {
    // A range is for GET only.
    HttpRequest.Builder head =
        HttpRequest.newBuilder(log.uri(path(Sha256.of(PAGE))))
            .header("Range", "bytes=0-9")
            .method("HEAD", HttpRequest.BodyPublishers.noBody());
    assertThat(TestLog.send(head).statusCode()).isEqualTo(404);
    put(PAGE);
    HttpResponse<byte[]> answer = TestLog.send(head);
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEmpty();
    assertThat(header(answer, "Content-Length")).isEqualTo(String.valueOf(PAGE.length));
    assertThat(header(answer, "Content-Disposition")).startsWith("attachment");
  }

  @ParameterizedTest
  @CsvSource({
    "bytes=0-9,       206, 0, 10",
    "bytes=1000-,     206, 1000, 1040",
    "bytes=1030-9999, 206, 1030, 1040",
    "bytes=-5,        206, 1035, 1040",
    "bytes=-5000,     206, 0, 1040",
    "bytes=9-8,       200, 0, 1040",
    "'bytes=0-1,3-4', 200, 0, 1040",
    "lines=0-9,       200, 0, 1040",
    "bytes=99999999999999999999-, 200, 0, 1040",
  })
  void aPartCanBeHad(String range, int status, int from, int to) {
    put(PAGE);
    HttpResponse<byte[]> answer = get(PAGE, range);
    assertThat(answer.statusCode()).isEqualTo(status);
    assertThat(answer.body()).isEqualTo(Arrays.copyOfRange(PAGE, from, to));
    assertThat(header(answer, "Content-Range"))
        .isEqualTo(status == 206 ? "bytes " + from + "-" + (to - 1) + "/1040" : "");
  }

  @ParameterizedTest
  @ValueSource(strings = {"bytes=1040-", "bytes=5000-6000", "bytes=-0"})
  void aPartBehindTheEndIsNoAnswer(String range) {
    put(PAGE);
    HttpResponse<byte[]> answer = get(PAGE, range);
    assertProblem(answer, 416, "1040");
    assertThat(header(answer, "Content-Range")).isEqualTo("bytes */1040");
  }

  @Test
  void whatNoEntryNamesIsNotTaken() throws Exception {
    assertProblem(put(new byte[] {1, 2, 3}), 404, "logged entry");
    assertProblem(log.get(path(Sha256.of(new byte[] {1, 2, 3}))), 404, "");
    assertThat(folder.resolve("log").resolve("blobs").toFile().list()).containsExactly("arriving");
  }

  @ParameterizedTest
  @ValueSource(strings = {"x", "..%2f..%2flog.mv.db", "ABCDEF", "0"})
  void aPathNamesADigest(String name) {
    assertThat(log.get(path(name)).statusCode()).isEqualTo(400);
    assertThat(put(path(name), HttpRequest.BodyPublishers.ofString("x")).statusCode())
        .isEqualTo(400);
    String upper = Sha256.of(PAGE).toString().toUpperCase(java.util.Locale.ROOT);
    assertProblem(put(path(upper), HttpRequest.BodyPublishers.ofByteArray(PAGE)), 400, "");
  }

  @Test
  void otherBytesAreNotTaken() {
    byte[] forged = PAGE.clone();
    forged[7] ^= 1;
    HttpResponse<byte[]> answer =
        put(path(Sha256.of(PAGE)), HttpRequest.BodyPublishers.ofByteArray(forged));
    assertProblem(answer, 422, Sha256.of(forged).toString());
    assertProblem(log.get(path(Sha256.of(PAGE))), 404, "");
    assertThat(put(PAGE).statusCode()).isEqualTo(201);
  }

  @Test
  void theLengthIsSaidBeforeAndIsLimited() {
    for (int i = 0; i < 20; i++) {
      // Each time: who is still sending must see the answer.
      assertProblem(put(LONG), 413, "4000");
    }
    HttpResponse<byte[]> chunked =
        put(
            path(Sha256.of(PAGE)),
            HttpRequest.BodyPublishers.ofInputStream(() -> new java.io.ByteArrayInputStream(PAGE)));
    assertProblem(chunked, 411, "Content-Length");
  }

  @Test
  void anArtifactHasTheSizeThatIsAttested() {
    HttpResponse<byte[]> answer =
        put(path(Sha256.of(ARTIFACT)), HttpRequest.BodyPublishers.ofByteArray(new byte[101]));
    assertProblem(answer, 422, "length");
    assertThat(put(ARTIFACT).statusCode()).isEqualTo(201);
  }

  /** It is no quota that is used up: who sends may come again. */
  @Test
  void aDiskThatFailsIsNotTheSendersFault() throws Exception {
    Path arriving = folder.resolve("log/blobs/arriving");
    Files.delete(arriving);
    HttpResponse<byte[]> answer = put(PAGE);
    assertProblem(answer, 503, "store");
    assertThat(header(answer, "Retry-After")).isNotEmpty();
    Files.createDirectory(arriving);
    assertThat(put(PAGE).statusCode()).isEqualTo(201);
  }

  @Test
  void aQuotaThatIsUsedUpIsSaid() {
    assertThat(put(SECOND).statusCode()).isEqualTo(201);
    assertProblem(put(THIRD), 507, "room");
    assertThat(put(PAGE).statusCode()).isEqualTo(201);
  }

  @Test
  void anUploadThatBreaksOffLeavesNothing() throws Exception {
    for (int i = 0; i < 20; i++) {
      // More than the quota would hold, were it charged.
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), log.uri("/").getPort())) {
        OutputStream out = socket.getOutputStream();
        String head =
            "PUT %s HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n"
                .formatted(path(Sha256.of(SECOND)), SECOND.length);
        out.write(head.getBytes(StandardCharsets.US_ASCII));
        out.write(SECOND, 0, 1_000);
        out.flush();
        socket.shutdownOutput();
        try (InputStream in = socket.getInputStream()) {
          assertThat(new String(in.readAllBytes(), StandardCharsets.US_ASCII)).contains(" 400 ");
        }
      }
    }
    try (Stream<Path> parts = Files.list(folder.resolve("log/blobs/arriving"))) {
      assertThat(parts).isEmpty();
    }
    assertThat(put(SECOND).statusCode()).isEqualTo(201);
  }

  /** A sender who asks first need not send what is not taken. */
  @Test
  void whoAsksFirstIsToldBeforeTheBody() throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), log.uri("/").getPort())) {
      socket.setSoTimeout(10_000);
      String head =
          "PUT %s HTTP/1.1\r\nHost: x\r\nContent-Length: 3000000\r\nExpect: 100-continue\r\n\r\n"
              .formatted(path(Sha256.of(new byte[] {9})));
      socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
      byte[] answer = new byte[12];
      assertThat(socket.getInputStream().readNBytes(answer, 0, 12)).isEqualTo(12);
      assertThat(new String(answer, StandardCharsets.US_ASCII)).isEqualTo("HTTP/1.1 404");
    }
  }
}
