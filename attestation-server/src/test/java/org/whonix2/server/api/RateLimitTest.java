package org.whonix2.server.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.whonix2.server.Answers.assertProblem;
import static org.whonix2.server.Answers.header;

import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.function.IntFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.whonix2.core.openpgp.SecretKey;
import org.whonix2.core.statement.Statement;
import org.whonix2.server.AttestationServer;
import org.whonix2.server.Attestations;
import org.whonix2.server.TestLog;
import org.whonix2.server.admission.Rate;
import org.whonix2.server.blob.BlobLimits;

/** Too many of one signer, or of nobody, are told to come back; nobody else is. */
class RateLimitTest {
  private static final int BURST = 4;

  @TempDir Path folder;
  private TestLog log;

  @BeforeEach
  void start() throws Exception {
    Rate slow = new Rate(1, BURST);
    log =
        new TestLog(
            folder,
            Duration.ofMinutes(10),
            new AttestationServer.Limits(slow, slow, BlobLimits.STANDARD));
  }

  @AfterEach
  void stop() throws Exception {
    log.close();
  }

  /**
   * The answer that says it is too much; the first ones do not. On a slow machine a minute may have
   * passed meanwhile, in which one more is taken.
   */
  private HttpResponse<byte[]> tooMany(IntFunction<byte[]> submissions, int expected) {
    for (int i = 0; i < 10 * BURST; i++) {
      HttpResponse<byte[]> answer = log.submit(submissions.apply(i));
      if (answer.statusCode() == 429) {
        assertThat(i).isGreaterThanOrEqualTo(BURST);
        return answer;
      }
      assertThat(answer.statusCode()).isEqualTo(expected);
    }
    throw new AssertionError("nothing was too much");
  }

  private static void assertTooMany(HttpResponse<byte[]> answer, String named) {
    assertProblem(answer, 429, named);
    assertThat(Integer.parseInt(header(answer, "Retry-After"))).isBetween(1, 60);
  }

  @Test
  void aSignerWhoSendsTooMuchIsToldWhenToComeBack() {
    SecretKey beta = Attestations.rebuilder("beta-1");
    log.admit("beta-1", beta);
    assertTooMany(
        tooMany(i -> Attestations.signed(log.rebuilder(), 1 + i), 201),
        "by " + log.rebuilder().certificate().fingerprint());
    assertThat(log.submit(Attestations.signed(log.rebuilder(), 1)).statusCode())
        .as("what is logged is answered")
        .isEqualTo(200);
    log.expectNew(Attestations.signed(beta, 1));
  }

  /** Anybody has what is logged, and can write it otherwise. */
  @Test
  void copiesOfWhatAMemberSaidShutHimNotOut() {
    byte[] logged = Attestations.signed(log.rebuilder(), 1);
    log.expectNew(logged);
    String keyid = log.rebuilder().certificate().fingerprint().hex();
    String text = new String(logged, StandardCharsets.UTF_8);
    byte[] malformed =
        text.replace(keyid, keyid.toUpperCase(Locale.ROOT)).getBytes(StandardCharsets.UTF_8);
    assertTooMany(tooMany(i -> malformed, 400), "change nothing");
    log.expectNew(Attestations.signed(log.rebuilder(), 2));
  }

  @Test
  void whatAMemberSaysInOtherBytesIsAnsweredFromTheLogAndCountsAgainstNobodyKnown() {
    byte[] logged = Attestations.signed(log.rebuilder(), 1);
    log.expectNew(logged);
    byte[] other = Attestations.inOtherBytes(logged);
    assertTooMany(tooMany(i -> other, 200), "change nothing");
    log.expectNew(Attestations.signed(log.rebuilder(), 2));
  }

  /** Signed nonsense of another log can be copied as well. */
  @Test
  void signedNonsenseCountsAgainstNobodyKnown() {
    byte[] nonsense =
        Attestations.envelope(
            Statement.PAYLOAD_TYPE, "{}".getBytes(StandardCharsets.UTF_8), log.rebuilder());
    assertTooMany(tooMany(i -> nonsense, 400), "change nothing");
    log.expectNew(Attestations.signed(log.rebuilder(), 1));
  }

  @Test
  void aFloodOfStrangersShutsNoMemberOut() {
    SecretKey stranger = Attestations.rebuilder("stranger");
    byte[] disguised =
        new String(Attestations.signed(log.rebuilder(), 1, stranger), StandardCharsets.UTF_8)
            .replace(
                stranger.certificate().fingerprint().hex(),
                log.rebuilder().certificate().fingerprint().hex())
            .getBytes(StandardCharsets.UTF_8);
    byte[] signed = Attestations.signed(stranger, 1);
    assertTooMany(tooMany(i -> i % 2 == 0 ? disguised : signed, 403), "change nothing");
    log.expectNew(Attestations.signed(log.rebuilder(), 1));
  }

  /** All that nobody known signed is one crowd, whatever is wrong with it. */
  @Test
  void nonsenseOfNobodyCounts() {
    assertTooMany(tooMany(i -> new byte[] {'{'}, 400), "change nothing");
  }
}
