package org.whonix2.core.verdict;

import java.time.Duration;
import java.time.Instant;

/** How far a box's clock and a witness's may honestly be apart. */
public final class BoxClock {
  /** Boxes randomise their clocks by up to three minutes at boot. */
  private static final Duration TOLERANCE = Duration.ofMinutes(10);

  private BoxClock() {}

  /** Times after this one lie in the future and are discarded. */
  public static Instant latestBelievable(Instant now) {
    return now.plus(TOLERANCE);
  }
}
