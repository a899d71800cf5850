package org.whonix2.server.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.whonix2.server.Answers.header;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.whonix2.core.log.CheckpointVerification;
import org.whonix2.core.log.QuorumResult;
import org.whonix2.core.log.SignedCheckpoint;
import org.whonix2.server.TestLog;

class CheckpointTest {
  @TempDir Path folder;

  private static SignedCheckpoint checkpoint(TestLog log) {
    CheckpointVerification verification = log.trusted().verify(log.get("/checkpoint").body());
    assertThat(verification).isInstanceOf(CheckpointVerification.Verified.class);
    return ((CheckpointVerification.Verified) verification).checkpoint();
  }

  /** When the second of two witnesses saw it; the start of time if only one did. */
  private static Instant freshness(TestLog log) {
    return log.quorum(2).judge(checkpoint(log), Instant.now()) instanceof QuorumResult.Met met
        ? met.time()
        : Instant.EPOCH;
  }

  @Test
  void isSignedAtEveryMomentAndNotToBeCached() throws Exception {
    try (TestLog log = new TestLog(folder)) {
      HttpResponse<byte[]> answer = log.get("/checkpoint");
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(header(answer, "Content-Type")).isEqualToIgnoringCase("text/plain;charset=utf-8");
      assertThat(header(answer, "Cache-Control")).isEqualTo("no-cache");
      assertThat(header(answer, "X-Content-Type-Options")).isEqualTo("nosniff");
      assertThat(checkpoint(log).checkpoint().size()).isEqualTo(1);
      log.submitAll(1, 2);
      assertThat(checkpoint(log).checkpoint().size()).isEqualTo(3);
    }
  }

  @Test
  void isCosignedAnewWhileNothingHappens() throws Exception {
    try (TestLog log = new TestLog(folder, Duration.ofSeconds(1))) {
      log.submitAll(1, 1);
      Instant first = freshness(log);
      Instant giveUp = Instant.now().plusSeconds(20);
      Instant later = first;
      while (!later.isAfter(first) && Instant.now().isBefore(giveUp)) {
        Thread.sleep(200);
        later = freshness(log);
      }
      assertThat(later).isAfter(first);
      assertThat(checkpoint(log).checkpoint().size()).isEqualTo(2);
    }
  }
}
