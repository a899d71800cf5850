package org.whonix2.update.sync;

import java.time.Duration;

/**
 * What a sync may cost, whatever the servers do.
 *
 * @param time for all logs together; one call may exceed it by its own deadline
 * @param unprovenBytes for entries of one log that one address serves before they are proven
 */
public record SyncLimits(Duration time, long unprovenBytes) {
  /** No sync may take longer. */
  public static final Duration LONGEST = Duration.ofDays(1);

  public static final SyncLimits STANDARD = new SyncLimits(Duration.ofHours(1), 512L << 20);

  /** The standard ones, but for the time. */
  public static SyncLimits within(Duration time) {
    return new SyncLimits(time, STANDARD.unprovenBytes);
  }

  public SyncLimits {
    if (time.toMillis() < 1 || time.compareTo(LONGEST) > 0 || unprovenBytes < 1) {
      throw new IllegalArgumentException(
          "expected some bytes, and a time of up to "
              + LONGEST
              + ": "
              + time
              + ", "
              + unprovenBytes);
    }
  }
}
