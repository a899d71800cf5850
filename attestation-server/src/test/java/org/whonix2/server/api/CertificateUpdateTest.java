package org.whonix2.server.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.whonix2.server.Answers.assertProblem;
import static org.whonix2.server.Answers.json;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.whonix2.core.openpgp.Certificate;
import org.whonix2.core.openpgp.SecretKey;
import org.whonix2.server.Attestations;
import org.whonix2.server.Revoked;
import org.whonix2.server.TestLog;

/** What the log says about a member's key decides what it takes from that key. */
class CertificateUpdateTest {
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

  private static SecretKey member(String name) {
    SecretKey key = Attestations.rebuilder(name);
    log.admit(name, key);
    return key;
  }

  private static void assertRevoked(SecretKey key, byte[] before) throws Exception {
    assertProblem(log.submit(Attestations.signed(key, 2)), 403, "revoked");
    assertThat(log.submit(before).statusCode()).as("logged before").isEqualTo(200);
    log.restart();
    assertProblem(log.submit(Attestations.signed(key, 2)), 403, "revoked");
  }

  @Test
  void aRevokedKeyIsRefusedFromThenOn() throws Exception {
    SecretKey key = member("lost");
    byte[] before = Attestations.signed(key, 1);
    log.expectNew(before);
    Certificate revoked = Revoked.compromised(key);
    byte[] update = Attestations.update(revoked, key);
    long index = log.expectNew(update);
    assertThat(log.submit(update).statusCode()).isEqualTo(200);
    assertThat(json(log.get("/api/v1/rebuilders")).toString()).contains("[" + index + "]");
    assertRevoked(key, before);
    // The older certificate again takes nothing back.
    assertProblem(log.submit(Attestations.update(key.certificate(), key)), 403, "revoked");
  }

  @Test
  void aKeyRetiredIsRefusedFromThenOn() throws Exception {
    SecretKey key = member("retired");
    byte[] before = Attestations.signed(key, 1);
    log.expectNew(before);
    log.expectNew(Attestations.update(Revoked.superseded(key), key));
    assertRevoked(key, before);
  }

  /** Whoever has lost his key gives the revocation that he made in time to the operator. */
  @Test
  void theOperatorLogsARevocationForWhoeverLostTheKey() throws Exception {
    SecretKey key = member("helpless");
    byte[] before = Attestations.signed(key, 1);
    log.expectNew(before);
    log.expectNew(Attestations.update(Revoked.compromised(key), log.operator()));
    assertRevoked(key, before);
    SecretKey stranger = Attestations.rebuilder("stranger");
    assertProblem(
        log.submit(Attestations.update(stranger.certificate(), log.operator())),
        403,
        "expected a roster change or a member's certificate update");
  }

  /** Coming back with the old certificate does not bring the revoked key back. */
  @Test
  void aRevocationOutlivesADismissal() throws Exception {
    SecretKey key = member("back");
    byte[] before = Attestations.signed(key, 1);
    log.expectNew(before);
    log.expectNew(Attestations.update(Revoked.compromised(key), key));
    log.dismiss("back", key);
    log.admit("back", key);
    assertRevoked(key, before);
  }

  @Test
  void aKeyThatHasExpiredIsRefused() throws Exception {
    Instant made = Instant.now().minus(Duration.ofDays(3));
    SecretKey key = SecretKey.generate("expired", made, Duration.ofDays(1));
    log.admit("expired", key);
    byte[] late = Attestations.envelopeAt(key, 1, made.plusSeconds(60));
    assertProblem(log.submit(late), 403, "expired");
  }
}
