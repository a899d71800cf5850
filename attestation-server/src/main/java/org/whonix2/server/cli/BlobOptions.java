package org.whonix2.server.cli;

import java.time.Duration;
import org.whonix2.io.cli.ByteCount;
import org.whonix2.io.cli.TimeSpan;
import org.whonix2.server.blob.BlobLimits;
import picocli.CommandLine.Option;

/** How much room blobs have, and how long. */
final class BlobOptions {
  @Option(
      names = "--blob-limit",
      paramLabel = "SIZE",
      converter = ByteCount.class,
      defaultValue = "1G",
      description = "the longest file that is stored (${DEFAULT-VALUE})")
  private long longest = BlobLimits.STANDARD.longest();

  @Option(
      names = "--blob-quota",
      paramLabel = "SIZE",
      converter = ByteCount.class,
      defaultValue = "20G",
      description = "what the files of one rebuilder may have together (${DEFAULT-VALUE})")
  private long quota = BlobLimits.STANDARD.quota();

  @Option(
      names = "--keep-blobs",
      paramLabel = "TIME",
      converter = TimeSpan.class,
      defaultValue = "180d",
      description = "how long files are kept after an entry named them (${DEFAULT-VALUE})")
  private Duration keep = BlobLimits.STANDARD.keep();

  BlobLimits limits() {
    return new BlobLimits(longest, quota, keep);
  }
}
