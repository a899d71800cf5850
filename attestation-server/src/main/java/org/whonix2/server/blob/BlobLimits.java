package org.whonix2.server.blob;

import java.time.Duration;

/**
 * What the operator allows.
 *
 * @param longest bytes that one blob may have
 * @param quota bytes that the blobs charged to one rebuilder may have together; artifacts half of
 *     it
 * @param keep how long an entry keeps its blobs after which another takes its place
 */
public record BlobLimits(long longest, long quota, Duration keep) {
  /** A kernel's debug symbols fit, and a few thousand packages a rebuilder. */
  public static final BlobLimits STANDARD =
      new BlobLimits(1L << 30, 20L << 30, Duration.ofDays(180));

  public BlobLimits {
    if (longest < 1 || quota < 1 || keep.toSeconds() < 1) {
      throw new IllegalArgumentException(
          "no room or time at all: " + longest + ", " + quota + ", " + keep);
    }
  }
}
