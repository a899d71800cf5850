package org.whonix2.rebuilder.process;

import java.time.Duration;

/**
 * What a program may use.
 *
 * @param time wall-clock time until the program is killed
 * @param outputBytes the most it may print, standard output and error together
 */
public record Limits(Duration time, long outputBytes) {
  public Limits {
    if (time.isNegative() || time.isZero() || outputBytes < 1) {
      throw new IllegalStateException("limits must be positive");
    }
  }
}
