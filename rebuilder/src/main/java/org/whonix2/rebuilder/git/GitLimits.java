package org.whonix2.rebuilder.git;

import java.time.Duration;

/**
 * How much of a repository is taken.
 *
 * @param time for all that is fetched together
 * @param received bytes on disk, with all submodules
 * @param object bytes of one file
 * @param entries files, links and folders, with all submodules
 * @param archive bytes of all files together
 */
public record GitLimits(Duration time, long received, long object, int entries, long archive) {
  /** Larger than any sane source; a file of more than that no public server would take. */
  public static final GitLimits STANDARD =
      new GitLimits(Duration.ofMinutes(30), 4L << 30, 128L << 20, 300_000, 16L << 30);
}
