package org.whonix2.rebuilder.cli;

import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.whonix2.io.cli.ByteCount;
import org.whonix2.io.cli.TimeSpan;
import org.whonix2.rebuilder.sandbox.BuildLimits;
import org.whonix2.rebuilder.sandbox.RootCache;
import picocli.CommandLine.Option;

/** What a build may use, and how build roots are kept. */
final class SandboxOptions {
  @Option(
      names = "--time-limit",
      paramLabel = "TIME",
      defaultValue = "1h",
      converter = TimeSpan.class,
      description = "when a build is killed, such as 90s, 30m, 2h (default: ${DEFAULT-VALUE})")
  private Duration timeLimit = Duration.ZERO;

  @Option(
      names = "--memory-limit",
      paramLabel = "SIZE",
      converter = ByteCount.class,
      description =
          "memory of a whole build, such as 4G (default: three quarters of the machine's)")
  private @Nullable Long memoryLimit;

  @Option(
      names = "--disk-limit",
      paramLabel = "SIZE",
      converter = ByteCount.class,
      description =
          "disk of a whole build, such as 40G (default: 16G; an ordinary user's is in memory)")
  private @Nullable Long diskLimit;

  @Option(
      names = "--no-cache",
      description = "make build roots and compilers anew and do not keep them")
  private boolean noCache;

  @Option(
      names = "--cache-size",
      paramLabel = "SIZE",
      converter = ByteCount.class,
      description = "what all kept build roots may take (default: 10G)")
  private @Nullable Long cacheSize;

  @Option(
      names = "--cache-age",
      paramLabel = "TIME",
      converter = TimeSpan.class,
      description = "how long a build root is kept that nothing uses such as 12h (default: 720h)")
  private @Nullable Duration cacheAge;

  BuildLimits limits() throws IOException {
    BuildLimits limits = BuildLimits.within(timeLimit);
    return limits.with(
        memoryLimit == null ? limits.memoryBytes() : memoryLimit,
        diskLimit == null ? limits.diskBytes() : diskLimit);
  }

  RootCache.Settings cache() {
    RootCache.Settings standard = RootCache.Settings.STANDARD;
    return new RootCache.Settings(
        !noCache,
        cacheAge == null ? standard.age() : cacheAge,
        cacheSize == null ? standard.bytes() : cacheSize);
  }
}
