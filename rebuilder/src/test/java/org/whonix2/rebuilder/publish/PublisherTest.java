package org.whonix2.rebuilder.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.dsse.Envelope;
import org.whonix2.core.json.StrictJson;
import org.whonix2.core.log.Checkpoint;
import org.whonix2.core.log.SignatureType;
import org.whonix2.core.log.SigningKey;
import org.whonix2.core.log.TlogProof;
import org.whonix2.core.log.TreeHash;
import org.whonix2.core.openpgp.SecretKey;
import org.whonix2.io.cli.CommandException;
import org.whonix2.io.cli.ExitCode;
import org.whonix2.io.http.HttpDeadlines;
import org.whonix2.io.http.HttpTransport;
import org.whonix2.io.http.ProblemDetails;

/** What the publisher makes of a server's answers, over real HTTP. */
class PublisherTest {
  private static final Instant NOW = Instant.parse("2026-11-22T13:00:00Z");

  @TempDir Path folder;
  private final AtomicReference<String> received = new AtomicReference<>("");
  private HttpServer server;
  private HttpTransport http;
  private Envelope envelope;
  private TlogProof proof;
  private int status;
  private String type = "";
  private byte[] answer = new byte[0];

  @BeforeEach
  void aServerAndAnEnvelope() throws Exception {
    SecretKey key = SecretKey.generate("alpha", NOW, Duration.ofDays(1));
    envelope = Envelope.sign("text/plain", new byte[] {1}, key, NOW);
    SigningKey log = SigningKey.generate("log.test/x", SignatureType.ED25519, new SecureRandom());
    Checkpoint checkpoint = new Checkpoint("log.test/x", 1, TreeHash.leaf(envelope.toBytes()));
    proof = TlogProof.of(0, List.of(), checkpoint.sign(log));
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/log/api/v1/attestations", this::answer);
    server.start();
    http = new HttpTransport(new HttpDeadlines(Duration.ofSeconds(5), Duration.ofSeconds(10)));
  }

  @AfterEach
  void stop() {
    http.close();
    server.stop(0);
  }

  private void answer(HttpExchange exchange) throws IOException {
    received.set(
        exchange.getRequestMethod()
            + " "
            + exchange.getRequestHeaders().getFirst("Content-Type")
            + " "
            + new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
    exchange.getResponseHeaders().set("Content-Type", type);
    exchange.sendResponseHeaders(status, answer.length);
    exchange.getResponseBody().write(answer);
    exchange.close();
  }

  private void willAnswer(int code, String contentType, String body) {
    status = code;
    type = contentType;
    answer = body.getBytes(StandardCharsets.UTF_8);
  }

  private String receipt(long index, String text) {
    ObjectNode json = StrictJson.newObject();
    json.put("index", index);
    json.put("proof", text);
    return new String(StrictJson.write(json), StandardCharsets.UTF_8);
  }

  private String proofText() {
    return new String(proof.toBytes(), StandardCharsets.UTF_8);
  }

  private long publish() throws IOException, CommandException {
    URI address = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/log");
    return Publisher.to(address, http).publish(envelope, folder);
  }

  @ParameterizedTest
  @ValueSource(ints = {200, 201})
  void theProofOfALoggedAttestationIsKept(int code) throws Exception {
    willAnswer(code, "application/json", receipt(0, proofText()));
    assertThat(publish()).isZero();
    assertThat(folder.resolve("attestation.tlog-proof")).hasBinaryContent(proof.toBytes());
    assertThat(received.get())
        .isEqualTo(
            "POST application/vnd.dsse.envelope.v1+json "
                + new String(envelope.toBytes(), StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "403 | unknown key      | REFUSED        | roster add",
        "400 | member /x: no    | REFUSED        | is kept",
        "413 | too large        | REFUSED        | is kept",
        "408 | too slow         | OUTSIDE_FAILED | is kept",
        "425 | too early        | OUTSIDE_FAILED | is kept",
        "429 | too many         | OUTSIDE_FAILED | is kept",
        "503 | no checkpoint    | OUTSIDE_FAILED | is kept",
      })
  void theServersReasonIsShown(int code, String detail, ExitCode exitCode, String hint) {
    willAnswer(
        code,
        "application/problem+json",
        "{\"title\": \"Title\", \"status\": %d, \"detail\": \"%s\"}".formatted(code, detail));
    CommandException refusal = catchThrowableOfType(CommandException.class, this::publish);
    assertThat(refusal).hasMessageContainingAll(String.valueOf(code), "Title", detail);
    assertThat(refusal.exitCode()).isEqualTo(exitCode);
    assertThat(refusal.hint()).contains(hint);
    assertThat(folder.resolve("attestation.tlog-proof")).doesNotExist();
  }

  @Test
  void anAnswerThatIsNoReceiptIsNoSuccess() {
    for (String body :
        List.of(
            "",
            "{}",
            receipt(1, proofText()),
            receipt(0, "not a proof"),
            receipt(0, proofText()).replace("}", ",\"more\":1}"))) {
      willAnswer(200, "application/json", body);
      assertThatExceptionOfType(CommandException.class)
          .as(body)
          .isThrownBy(this::publish)
          .withMessageContaining("expected an index and a proof");
    }
    assertThat(folder.resolve("attestation.tlog-proof")).doesNotExist();
  }

  @Test
  void aProofOfSomethingElseIsNoSuccess() throws Exception {
    SigningKey log = SigningKey.generate("log.test/x", SignatureType.ED25519, new SecureRandom());
    Sha256 ours = TreeHash.leaf(envelope.toBytes());
    Sha256 other = TreeHash.leaf(new byte[] {7});
    Checkpoint two = new Checkpoint("log.test/x", 2, TreeHash.node(ours, other));
    for (TlogProof wrong :
        List.of(
            TlogProof.of(0, List.of(), new Checkpoint("log.test/x", 1, other).sign(log)),
            TlogProof.of(0, List.of(ours), two.sign(log)),
            TlogProof.of(1, List.of(other), two.sign(log)),
            TlogProof.of(2, List.of(other), two.sign(log)))) {
      String text = new String(wrong.toBytes(), StandardCharsets.UTF_8);
      willAnswer(201, "application/json", receipt(wrong.index(), text));
      assertThatExceptionOfType(CommandException.class)
          .as(text)
          .isThrownBy(this::publish)
          .withMessageContaining("is what was sent")
          .satisfies(e -> assertThat(e.exitCode()).isEqualTo(ExitCode.OUTSIDE_FAILED));
    }
    assertThat(folder.resolve("attestation.tlog-proof")).doesNotExist();
  }

  @Test
  void aHostileProblemCannotWriteToATerminal() {
    byte[] body = "{\"title\": \"\\u001b[2J\", \"detail\": [1]}".getBytes(StandardCharsets.UTF_8);
    assertThat(ProblemDetails.words("application/problem+json", body)).isEqualTo(", '?[2J'");
    assertThat(ProblemDetails.words("text/html", body)).isEmpty();
    assertThat(ProblemDetails.words("application/problem+json", new byte[] {'{'}))
        .contains("not JSON");
  }

  @Test
  void aServerThatIsAwayIsAnOutsideFailure() {
    server.stop(0);
    assertThatExceptionOfType(CommandException.class)
        .isThrownBy(this::publish)
        .satisfies(e -> assertThat(e.exitCode()).isEqualTo(ExitCode.OUTSIDE_FAILED));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "log.example.org",
        "ftp://x/",
        "http://",
        "http://u:p@x/",
        "http://x/?q",
        "a b"
      })
  void anAddressIsOfTheWeb(String text) {
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> Publisher.parseServer(text));
  }
}
