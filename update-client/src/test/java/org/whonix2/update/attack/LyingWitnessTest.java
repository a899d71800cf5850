package org.whonix2.update.attack;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The log is frozen at an old tree, and one of two witnesses, w1, lies about the time. */
class LyingWitnessTest extends AttackTest {
  private static final Instant IN_2099 = Instant.parse("2099-06-01T00:00:00Z");

  @BeforeEach
  void frozenEightDaysAgo() throws Exception {
    signedAt = Instant.now().minus(Duration.ofDays(9));
    logBoth();
    log.cosignedAt = Instant.now().minus(Duration.ofDays(8));
  }

  @Test
  void oneThatSaysNow() throws Exception {
    log.wrongClocks.put(log.w1, Instant.now());
    edit("witnesses:\n  threshold: 2", "witnesses:\n  threshold: 1");
    assertThat(sync()).isZero();
    accepts(deb);

    edit("witnesses:\n  threshold: 1", "witnesses:\n  threshold: 2");
    syncEndsWith(3, "older than PT168H");
    refuses(deb, 3, "older than PT168H");
  }

  @Test
  void oneThatSays2099() throws Exception {
    log.wrongClocks.put(log.w1, IN_2099);
    edit("witnesses:\n  threshold: 2", "witnesses:\n  threshold: 1");
    edit("expires: 2099-01-01", "expires: 2199-01-01");
    // By a clock of 2099 its word is not of the future: the box believes that so much time passed.
    ClientProcess wrong = new ClientProcess(folder).at(IN_2099.plus(Duration.ofHours(1)));
    assertThat(wrong.run(with("sync")).exitCode()).isZero();
    assertThat(Files.readString(state().resolve("update/floors")))
        .startsWith("clock " + IN_2099.getEpochSecond());
    assertThat(verify(deb)).isEqualTo(3);
    assertThat(out).contains("and the witnesses had signed " + IN_2099 + " before");
    Files.move(state(), folder.resolve("of the canary"));

    // By the right one it is discarded, also where it is the only one that is asked.
    syncEndsWith(3, "older than PT168H");
    refuses(deb, 3, "older than PT168H");
    edit("witnesses:\n  threshold: 1", "witnesses:\n  threshold: 2");
    assertThat(sync()).isEqualTo(3);
    assertThat(err).contains("expected cosignatures by 2 of ");
    // And it has not moved the box's idea of time: when it is right again all is well.
    log.wrongClocks.clear();
    log.cosignedAt = Instant.now();
    assertThat(sync()).isZero();
    accepts(deb);
  }

  @Test
  void oneThatSays2099KeepsTheOthersFromNothingWhereTheyAreEnough() throws Exception {
    log.cosignedAt = Instant.now();
    log.wrongClocks.put(log.w1, IN_2099);
    syncEndsWith(3, "1 dated in the future do not count");
    refuses(deb, 3, "it was never followed");
    edit("witnesses:\n  threshold: 2", "witnesses:\n  threshold: 1");
    assertThat(sync()).isZero();
    accepts(deb);
    assertThat(Files.readString(state().resolve("update/floors")))
        .startsWith("clock " + log.cosignedAt.getEpochSecond());
  }
}
