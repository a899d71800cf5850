package org.whonix2.server.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.whonix2.server.Answers.assertProblem;
import static org.whonix2.server.Answers.header;
import static org.whonix2.server.Answers.json;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.log.ProofVerification;
import org.whonix2.core.log.TlogProof;
import org.whonix2.core.log.TreeHash;
import org.whonix2.server.Attestations;
import org.whonix2.server.TestLog;

/** {@code ?cosigned=N}: no proof that boxes would not believe yet. */
class SubmitCosignedTest {
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

  private static HttpResponse<byte[]> submit(byte[] envelope, String query) {
    return TestLog.send(
        HttpRequest.newBuilder(log.uri("/api/v1/attestations" + query))
            .header("Content-Type", TestLog.ENVELOPE)
            .POST(HttpRequest.BodyPublishers.ofByteArray(envelope)));
  }

  private static void assertProven(HttpResponse<byte[]> answer, byte[] envelope, int witnesses)
      throws MalformedInputException {
    TlogProof proof =
        TlogProof.parse(json(answer).path("proof").asText().getBytes(StandardCharsets.UTF_8));
    assertThat(
            proof.verify(
                TreeHash.leaf(envelope), log.trusted(), log.quorum(witnesses), Instant.now()))
        .isInstanceOf(ProofVerification.Verified.class);
  }

  private static long size() {
    return json(log.get("/health")).path("size").asLong();
  }

  @Test
  void enoughCosignaturesAreWaitedForAndNothingIsLostWithoutThem() throws Exception {
    byte[] first = Attestations.signed(log.rebuilder(), 1);
    HttpResponse<byte[]> both = submit(first, "?cosigned=2");
    assertThat(both.statusCode()).isEqualTo(201);
    assertProven(both, first, 2);

    log.stopWitness(1);
    byte[] second = Attestations.signed(log.rebuilder(), 2);
    HttpResponse<byte[]> late = submit(second, "?cosigned=2");
    long index = size() - 1;
    assertProblem(late, 504, "entry " + index + " is logged");
    assertThat(Integer.parseInt(header(late, "Retry-After"))).isPositive();
    HttpResponse<byte[]> one = submit(second, "?cosigned=1");
    assertThat(one.statusCode()).isEqualTo(200);
    assertProven(one, second, 1);

    log.startWitness(1);
    log.restart();
    HttpResponse<byte[]> again = submit(second, "?cosigned=2");
    assertThat(again.statusCode()).isEqualTo(200);
    assertThat(json(again).path("index").asLong()).isEqualTo(index);
    assertProven(again, second, 2);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "?cosigned=3",
        "?cosigned=-1",
        "?cosigned=",
        "?cosigned",
        "?cosigned=01",
        "?cosigned=1&cosigned=1",
        "?cosigned=1&other=1",
        "?other=1",
        "?cosigned=9999999999",
      })
  void anythingElseIsNamedAndNotLogged(String query) {
    long before = size();
    assertProblem(submit(Attestations.signed(log.rebuilder(), 100), query), 400, "cosigned");
    assertThat(size()).isEqualTo(before);
  }
}
