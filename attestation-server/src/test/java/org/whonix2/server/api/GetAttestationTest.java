package org.whonix2.server.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.whonix2.server.Answers.assertProblem;
import static org.whonix2.server.Answers.header;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.whonix2.core.log.ProofVerification;
import org.whonix2.core.log.TlogProof;
import org.whonix2.core.log.TreeHash;
import org.whonix2.server.TestLog;

/** {@code /api/v1/attestations/{index}} and {@code /api/v1/proofs/{index}}. */
class GetAttestationTest {
  @TempDir static Path folder;
  private static List<byte[]> submitted = List.of();
  private static TestLog log;

  @BeforeAll
  static void start() throws Exception {
    log = new TestLog(folder);
    submitted = new ArrayList<>(List.of(log.admission()));
    submitted.addAll(log.submitAll(1, 2));
  }

  @AfterAll
  static void stop() throws Exception {
    log.close();
  }

  @Test
  void anAttestationIsTheBytesThatWereLogged() {
    for (int i = 0; i < 3; i++) {
      HttpResponse<byte[]> answer = log.get("/api/v1/attestations/" + i);
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(header(answer, "Content-Type")).isEqualTo("application/json");
      assertThat(answer.body()).isEqualTo(submitted.get(i));
    }
  }

  @Test
  void aProofShowsTheEntryUnderTheNewestCheckpoint() throws Exception {
    for (int i = 0; i < 3; i++) {
      HttpResponse<byte[]> answer = log.get("/api/v1/proofs/" + i);
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(header(answer, "Content-Type")).isEqualToIgnoringCase("text/plain;charset=utf-8");
      TlogProof proof = TlogProof.parse(answer.body());
      assertThat(proof.index()).isEqualTo(i);
      assertThat(
              proof.verify(
                  TreeHash.leaf(submitted.get(i)), log.trusted(), log.quorum(2), Instant.now()))
          .isInstanceOf(ProofVerification.Verified.class);
      assertThat(
              proof.verify(TreeHash.leaf(new byte[0]), log.trusted(), log.quorum(2), Instant.now()))
          .isInstanceOf(ProofVerification.Rejected.class);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "3, 404",
    "999999999999999999, 404",
    "-1, 400",
    "01, 400",
    "+1, 400",
    "1e3, 400",
    "0x1, 400",
    "9999999999999999999, 400",
    "%31%3f, 400",
  })
  void anotherIndexIsAProblem(String index, int status) {
    assertProblem(log.get("/api/v1/attestations/" + index), status, "index");
    assertProblem(log.get("/api/v1/proofs/" + index), status, "index");
  }
}
