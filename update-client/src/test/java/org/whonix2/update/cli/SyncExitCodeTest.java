package org.whonix2.update.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A sync that leaves everything refused is no success, though it followed every log. */
class SyncExitCodeTest extends BoxTest {
  @BeforeEach
  void logBothAttestations() throws Exception {
    logBoth();
  }

  /** Syncs twice, for people and for programs; everything is refused for this reason. */
  private void refusesEverything(int code, String reason, String hint) throws Exception {
    assertThat(sync()).isEqualTo(code);
    assertThat(out).contains("tickets: none, everything is refused: ");
    assertThat(err).contains("error: everything is refused: " + reason, "\nhint: " + hint);
    assertThat(sync("--json")).isEqualTo(code);
    JsonNode report = new ObjectMapper().readTree(out);
    assertThat(report.at("/logs/0/exitCode").asInt()).isZero();
    assertThat(report.at("/refused"))
        .anySatisfy(node -> assertThat(node.asText()).startsWith(reason));
    assertThat(report.at("/tickets/live").asInt()).isZero();
    assertThat(tickets().refusal()).isPresent();
  }

  @Test
  void anExpiredPolicy() throws Exception {
    edit("2099-01-01", "2020-01-01");
    refusesEverything(1, "the policy 'test' expired at 2020-01-01T00:00:00Z", "get the newest");
  }

  @Test
  void anOlderPolicyThanTheLast() throws Exception {
    edit("serial: 1,", "serial: 2,");
    assertThat(sync()).isZero();
    edit("serial: 2,", "serial: 1,");
    refusesEverything(1, "the policy 'test' has serial 1, and 2 was", "get the newest");
  }

  @Test
  void anOldWordOfTheWitnesses() throws Exception {
    log.cosignedAt = Instant.now().minus(Duration.ofDays(8));
    refusesEverything(3, "the witnesses' newest word on log ", "run whonix2-update sync");
  }

  @Test
  void aClockBehind() throws Exception {
    assertThat(sync()).isZero();
    long later = Instant.now().plusSeconds(3600).getEpochSecond();
    seal(folder.resolve("state/update/floors"), "clock " + later + "\n");
    refusesEverything(3, "the clock says ", "set the clock right");
  }

  @Test
  void silentRebuilders() throws Exception {
    edit("freshness: ", "silent: {atMost: 1}\nfreshness: ");
    refusesEverything(3, "2 rebuilders are silent for PT168H, at most 1 may be: ", "ask their");
  }

  @Test
  void theGravestOfSeveralReasonsCounts() throws Exception {
    edit("2099-01-01", "2020-01-01");
    log.cosignedAt = Instant.now().minus(Duration.ofDays(8));
    refusesEverything(3, "the policy 'test' expired", "get the newest");
    refusesEverything(3, "the witnesses' newest word on log ", "run whonix2-update sync");
  }

  @Test
  void aLogThatMisbehaved() throws Exception {
    assertThat(sync()).isZero();
    log.entries.remove(1);
    assertThat(sync()).isEqualTo(4);
    assertThat(err).contains("error: everything is refused: log " + TestLog.ORIGIN + " went back");
    assertThat(sync("--json")).isEqualTo(4);
    assertThat(new ObjectMapper().readTree(out).at("/refused/0").asText()).contains("went back");
  }

  @Test
  void aPackageBelowQuorumIsNoFailureOfTheSync() throws Exception {
    log.entries.remove(1);
    assertThat(sync("--json")).isZero();
    JsonNode report = new ObjectMapper().readTree(out);
    assertThat(report.at("/refused").isArray()).isTrue();
    assertThat(report.at("/refused")).isEmpty();
    assertThat(report.at("/equivocations").isArray()).isTrue();
    assertThat(report.at("/equivocations")).isEmpty();
    assertThat(err).doesNotContain("warning: ", "error: ");
  }

  @Test
  void anEquivocationIsReported() throws Exception {
    signedAt = signedAt.minusSeconds(60);
    log.entries.add(attestation(0, 1));
    String told =
        "alpha-1 signed two different statements with sequence number 1 (entry 0 of "
            + TestLog.ORIGIN
            + ", entry 2 of "
            + TestLog.ORIGIN
            + ")";
    assertThat(sync()).isZero();
    assertThat(err).contains("warning: " + told + "; its key is set aside");
    assertThat(tickets().all()).isEmpty();
    assertThat(sync("--json")).isZero();
    assertThat(err).contains("warning: " + told);
    assertThat(new ObjectMapper().readTree(out).at("/equivocations/0").asText()).isEqualTo(told);
    assertThat(verify(deb)).isEqualTo(4);
    assertThat(err).contains("warning: " + told);
  }
}
