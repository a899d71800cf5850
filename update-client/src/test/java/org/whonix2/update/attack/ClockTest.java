package org.whonix2.update.attack;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The box's clock is set wrong, by somebody who wants what is old to look new, or by nobody. */
class ClockTest extends AttackTest {
  @BeforeEach
  void logBothAttestations() throws Exception {
    signedAt = Instant.now().minus(Duration.ofDays(9));
    logBoth();
  }

  /** One command by another clock. */
  private void by(Instant clock, int code, String reason, String... command) throws Exception {
    ClientProcess.Ended ended = new ClientProcess(folder).at(clock).run(command);
    assertThat(ended.said()).contains(reason);
    assertNoStackTrace(ended.said());
    assertThat(ended.exitCode()).as(ended.said()).isEqualTo(code);
  }

  @Test
  void putBackToWhenAnOldTreeWasNew() throws Exception {
    Instant then = Instant.now().minus(Duration.ofDays(8));
    Instant before = log.cosignedAt;
    log.cosignedAt = then;
    // A box that has never seen a later time has nothing to doubt it by.
    by(then.plusSeconds(60), 0, "1 packages accepted", with("sync"));
    by(then.plusSeconds(60), 0, "accepted ", with("verify", deb.toString()));
    assertThat(verify(deb)).as("by the right clock").isEqualTo(3);

    log.cosignedAt = before;
    assertThat(sync()).isZero();
    accepts(deb);
    log.cosignedAt = then;
    by(then.plusSeconds(60), 3, "the clock is behind: expected at least ", with("sync"));
    by(then.plusSeconds(60), 3, "refused: the clock says ", with("verify", deb.toString()));
    assertThat(tickets().all()).isEmpty();
  }

  @Test
  void in1970() throws Exception {
    Instant clock = Instant.parse("1970-01-01T00:01:00Z");
    by(clock, 3, "2 dated in the future do not count", with("sync"));
    by(clock, 3, "it was never followed", with("verify", deb.toString()));
    assertThat(sync()).isZero();
    accepts(deb);
    by(clock, 3, "the clock says 1970-01-01T00:0", with("verify", deb.toString()));
    by(clock, 3, "the clock says 1970-01-01T00:0", with("status"));
    by(clock, 3, "the clock is behind: expected at least ", with("sync"));
    assertThat(tickets().all()).isEmpty();
    recovers();
  }

  @Test
  void in2099() throws Exception {
    edit("expires: 2099-01-01", "expires: 2199-01-01");
    Instant clock = Instant.parse("2099-06-01T00:00:00Z");
    by(clock, 3, "older than PT168H", with("sync"));
    by(clock, 3, "older than PT168H", with("verify", deb.toString()));
    assertThat(sync()).as("nothing of that is kept").isZero();
    accepts(deb);
    by(clock, 3, "older than PT168H", with("verify", deb.toString()));
    by(clock, 3, "older than PT168H", with("status"));
    by(clock, 3, "older than PT168H", with("sync"));
    assertThat(tickets().all()).isEmpty();
    edit("expires: 2199-01-01", "expires: 2099-01-01");
    by(clock, 3, "the policy 'test' expired at 2099-01-01", with("sync"));
    recovers();
  }

  /** When the clock is right again, so is everything else. */
  private void recovers() throws Exception {
    assertThat(Files.readString(state().resolve("update/floors")))
        .startsWith("clock " + log.cosignedAt.getEpochSecond() + "\n");
    assertThat(sync()).isZero();
    accepts(deb);
  }
}
