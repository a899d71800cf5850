package org.whonix2.server.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.whonix2.server.Answers.assertProblem;
import static org.whonix2.server.Answers.json;
import static org.whonix2.server.Answers.text;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.log.ProofVerification;
import org.whonix2.core.log.SignatureType;
import org.whonix2.core.log.TlogProof;
import org.whonix2.core.log.TreeHash;
import org.whonix2.server.AttestationServer;
import org.whonix2.server.Attestations;
import org.whonix2.server.NamedBlobs;
import org.whonix2.server.TestDatabase;
import org.whonix2.server.TestLog;
import org.whonix2.server.store.Database;
import org.whonix2.server.store.StoreException;
import org.whonix2.server.web.ListenAddress;

/** Witnesses that are away, restarts, a second server, another key, a broken index. */
class TroubleTest {
  @TempDir Path folder;
  private TestLog log;

  @BeforeEach
  void start() throws Exception {
    log = new TestLog(folder);
  }

  @AfterEach
  void stop() throws Exception {
    log.close();
  }

  private static void assertProven(
      TestLog log, HttpResponse<byte[]> answer, byte[] envelope, int witnesses)
      throws MalformedInputException {
    TlogProof proof =
        TlogProof.parse(json(answer).path("proof").asText().getBytes(StandardCharsets.UTF_8));
    ProofVerification verification =
        proof.verify(TreeHash.leaf(envelope), log.trusted(), log.quorum(witnesses), Instant.now());
    assertThat(verification).isInstanceOf(ProofVerification.Verified.class);
  }

  @Test
  void withoutItsWitnessesTheLogStillAnswersWithWhatThereIs() throws Exception {
    log.stopWitness(0);
    byte[] envelope = Attestations.signed(log.rebuilder(), 1);
    HttpResponse<byte[]> answer = log.submit(envelope);
    assertThat(answer.statusCode()).isEqualTo(201);
    assertProven(log, answer, envelope, 1);
  }

  @Test
  void whatWasAnsweredIsThereAfterARestart() throws Exception {
    byte[] envelope = log.submitAll(1, 5).get(4);
    log.restart();
    HttpResponse<byte[]> again = log.submit(envelope);
    assertThat(again.statusCode()).isEqualTo(200);
    assertProven(log, again, envelope, 2);
  }

  @Test
  void aSecondServerOnOneStateIsRefused() {
    AttestationServer.Settings second =
        new AttestationServer.Settings(
            new ListenAddress("127.0.0.1", 0),
            log.state(),
            TestLog.key("other.example.org", SignatureType.ED25519),
            List.of(),
            Duration.ofMinutes(10),
            Optional.empty(),
            TestDatabase.of(log.state()),
            AttestationServer.Limits.STANDARD);
    // One process shares H2's lock with itself; the key tells the two apart there.
    assertThatThrownBy(() -> AttestationServer.start(second, Clock.systemUTC()))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining(TestLog.ORIGIN)
        .hasMessageContaining("not signed by the key given");
  }

  @Test
  void aWitnessThatWasAwayIsCaughtUpWithAConsistencyProof() throws Exception {
    log.submitAll(1, 3);
    log.stopWitness(1);
    log.submitAll(4, 2);
    log.startWitness(1);
    log.restart();
    byte[] envelope = Attestations.signed(log.rebuilder(), 6);
    assertProven(log, log.submit(envelope), envelope, 2);
    assertThat(text(log.get("/checkpoint"))).contains("w1.example.org", "w2.example.org");
  }

  /**
   * The tables of the indexes have rows already that they are told of again: none can take them.
   */
  private void breakIndexesAndLoseTheBlobsRows() throws Exception {
    try (Database database = TestDatabase.open(log.state());
        Connection connection = database.dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      assertThat(
              statement.executeUpdate(
                  "update indexed set tree_size = 0 where name not like 'roster-%'"))
          .isPositive();
      assertThat(statement.executeUpdate("delete from blob")).isEqualTo(1);
    }
  }

  @Test
  void withABrokenIndexAndAFileWithoutARowTheLogGoesOn() throws Exception {
    byte[] content = "a build's log".getBytes(StandardCharsets.US_ASCII);
    String path = "/api/v1/blobs/" + Sha256.of(content);
    log.expectNew(
        NamedBlobs.signed(NamedBlobs.ofOther(log.rebuilder(), 1, content), log.rebuilder()));
    HttpRequest.Builder put =
        HttpRequest.newBuilder(log.uri(path)).PUT(HttpRequest.BodyPublishers.ofByteArray(content));
    assertThat(TestLog.send(put).statusCode()).isEqualTo(201);
    assertThat(log.get("/api/v1/packages/net-tools").statusCode()).isEqualTo(200);
    breakIndexesAndLoseTheBlobsRows();
    log.restart();
    assertThat(log.get("/api/v1/packages/net-tools").statusCode()).isEqualTo(500);
    assertProblem(log.get(path), 503, "not known yet");
    log.submitAll(2, 1);
    assertThat(log.get("/health").statusCode()).isEqualTo(200);
    assertThat(log.state().resolve("blobs"))
        .isDirectoryRecursivelyContaining("glob:**" + Sha256.of(content));
  }
}
