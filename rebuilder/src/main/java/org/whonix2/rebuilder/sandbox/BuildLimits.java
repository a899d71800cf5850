package org.whonix2.rebuilder.sandbox;

import java.time.Duration;

/**
 * What a build may use at most.
 *
 * @param time wall-clock time for all steps together
 * @param logBytes what it may print
 * @param fileBytes the size of one file (RLIMIT_FSIZE)
 * @param processes processes and threads at one time (RLIMIT_NPROC)
 * @param temporaryBytes of each of the temporary file systems, which are in memory
 */
public record BuildLimits(
    Duration time, long logBytes, long fileBytes, int processes, long temporaryBytes) {
  /** Enough for any package that builds within this time. */
  public static BuildLimits within(Duration time) {
    return new BuildLimits(time, 64L << 20, 8L << 30, 4096, 1L << 30);
  }
}
