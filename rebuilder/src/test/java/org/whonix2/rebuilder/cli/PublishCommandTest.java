package org.whonix2.rebuilder.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.whonix2.rebuilder.Results.NOW;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.dsse.Envelope;
import org.whonix2.core.json.StrictJson;
import org.whonix2.core.log.Checkpoint;
import org.whonix2.core.log.SignatureType;
import org.whonix2.core.log.SigningKey;
import org.whonix2.core.log.TlogProof;
import org.whonix2.core.log.TreeHash;
import org.whonix2.core.openpgp.SecretKey;
import org.whonix2.core.statement.PolicyRelease;
import org.whonix2.core.statement.Statement;
import org.whonix2.io.cli.Program;
import org.whonix2.rebuilder.Results;
import org.whonix2.rebuilder.attest.Attester;
import org.whonix2.rebuilder.attest.RebuilderKey;
import org.whonix2.rebuilder.attest.SequenceNumbers;
import org.whonix2.rebuilder.publish.BlobServer;

/** The command, over real HTTP to a log that has room for one entry. */
class PublishCommandTest {
  private final List<String> received = new ArrayList<>();
  private final BlobServer blobs = new BlobServer();
  private final StringWriter errors = new StringWriter();
  @TempDir Path folder;
  private SecretKey key;
  private SigningKey log;
  private HttpServer server;

  @BeforeEach
  void aFailedRebuildAndALog() throws Exception {
    key = RebuilderKey.create(folder.resolve("key"), "alpha", NOW);
    Attester attester =
        new Attester(
            key, new SequenceNumbers(folder.resolve("key")), Clock.fixed(NOW, ZoneOffset.UTC));
    Files.writeString(folder.resolve("build.log"), "the log of a build that failed");
    attester.attest(Results.request(folder), Results.failed("no", Optional.empty()));
    log = SigningKey.generate("log.test/x", SignatureType.ED25519, new SecureRandom());
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/api/v1/attestations", this::take);
    blobs.register(server, "");
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private void take(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readAllBytes();
    received.add(new String(body, StandardCharsets.UTF_8));
    ObjectNode json = StrictJson.newObject();
    json.put("index", 0);
    json.put("proof", new String(proof(body), StandardCharsets.UTF_8));
    byte[] answer = StrictJson.write(json);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(received.size() == 1 ? 201 : 200, answer.length);
    exchange.getResponseBody().write(answer);
    exchange.close();
  }

  private byte[] proof(byte[] entry) {
    Checkpoint checkpoint = new Checkpoint("log.test/x", 1, TreeHash.leaf(entry));
    return TlogProof.of(0, List.of(), checkpoint.sign(log)).toBytes();
  }

  private int publish(Path from) {
    String url = "http://127.0.0.1:" + server.getAddress().getPort();
    return Program.run(
        new RebuilderProgram(),
        new PrintWriter(new StringWriter()),
        new PrintWriter(errors),
        "publish",
        from.toString(),
        "--to",
        url);
  }

  @Test
  void whatWasAttestedIsSentAsItIsAndAgainWithoutHarm() throws Exception {
    assertThat(publish(folder)).as(errors.toString()).isZero();
    byte[] envelope = Files.readAllBytes(folder.resolve("attestation.json"));
    Path proof = folder.resolve("attestation.tlog-proof");
    assertThat(proof).hasBinaryContent(proof(envelope));
    assertThat(publish(folder)).isZero();
    assertThat(received)
        .containsExactly(
            new String(envelope, StandardCharsets.UTF_8),
            new String(envelope, StandardCharsets.UTF_8));
    assertThat(proof).hasBinaryContent(proof(envelope));
  }

  @Test
  void theLogFollowsAndWhatDidNotReachTheServerIsSentTheNextTime() throws Exception {
    byte[] content = Files.readAllBytes(folder.resolve("build.log"));
    String digest = Sha256.of(content).toString();
    blobs.refused.put(digest, 503);
    assertThat(publish(folder)).isEqualTo(5);
    assertThat(errors.toString()).contains("1 of 1 files", "build.log", "in the log");
    assertThat(folder.resolve("attestation.tlog-proof")).exists();
    blobs.refused.clear();
    assertThat(publish(folder)).isZero();
    assertThat(blobs.kept).containsOnlyKeys(digest).containsEntry(digest, content);
    blobs.asked.clear();
    assertThat(publish(folder)).isZero();
    assertThat(blobs.asked).containsExactly("HEAD " + digest.substring(0, 4));
  }

  @Test
  void aFolderWithoutAnAttestationIsWrongUsage() {
    assertThat(publish(folder.resolve("elsewhere"))).isEqualTo(2);
    assertThat(errors.toString()).contains("there is no attestation", "--out of a rebuild");
    assertThat(received).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"'' | JSON", "{} | payload", "[] | object", "{\"payload\":1} | payload"})
  void whatIsNoAttestationIsNamedAndNotSent(String content, String named) throws Exception {
    Files.writeString(folder.resolve("attestation.json"), content);
    assertThat(publish(folder)).isEqualTo(2);
    assertThat(errors.toString()).contains("attestation.json").contains(named);
    assertThat(received).isEmpty();
  }

  @Test
  void aStatementAboutSomethingElseIsNotSent() throws Exception {
    Statement other = new PolicyRelease("gateway", 1, Sha256.of(new byte[0]), 1);
    Envelope envelope = Envelope.sign(Statement.PAYLOAD_TYPE, other.toJson(), key, NOW);
    Files.write(folder.resolve("attestation.json"), envelope.toBytes());
    assertThat(publish(folder)).isEqualTo(2);
    assertThat(errors.toString()).contains("expected a statement about a rebuild, found a policy");
    assertThat(received).isEmpty();
  }

  @Test
  void aServerThatIsAwayIsAnOutsideFailureAndTheAttestationStays() {
    server.stop(0);
    assertThat(publish(folder)).isEqualTo(5);
    assertThat(errors.toString()).contains("cannot publish");
    assertThat(folder.resolve("attestation.json")).exists();
    assertThat(folder.resolve("attestation.tlog-proof")).doesNotExist();
  }
}
