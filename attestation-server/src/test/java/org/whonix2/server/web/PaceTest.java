package org.whonix2.server.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A hundred bytes a second, or ten seconds behind. */
class PaceTest {
  private long now = Long.MAX_VALUE - 5;
  private final Pace pace = new Pace(Duration.ofSeconds(10), 100, () -> now);

  private void pass(double seconds) {
    now += (long) (seconds * 1e9);
  }

  private boolean isTooSlow() {
    return pace.left() <= 0;
  }

  @Test
  void aDripEndsAfterTheGrace() {
    int seconds = 0;
    while (!isTooSlow()) {
      pass(1);
      pace.moved(1);
      seconds++;
    }
    assertThat(seconds).isBetween(10, 11);
  }

  @Test
  void whoKeepsTheRateIsNeverTooSlow() {
    for (int i = 0; i < 10_000; i++) {
      pass(9);
      assertThat(isTooSlow()).isFalse();
      pace.moved(900);
    }
  }

  @Test
  void whoWasFastMayStandStillNoLonger() {
    pace.moved(1_000_000);
    pass(9.9);
    assertThat(isTooSlow()).isFalse();
    pass(0.2);
    assertThat(isTooSlow()).isTrue();
  }
}
