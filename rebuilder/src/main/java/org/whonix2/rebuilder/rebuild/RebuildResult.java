package org.whonix2.rebuilder.rebuild;

import java.time.Instant;
import java.util.List;
import org.whonix2.core.artifact.Architecture;
import org.whonix2.core.digest.Sha256;
import org.whonix2.rebuilder.input.BuildInput;
import org.whonix2.rebuilder.sandbox.BuildFailure;

/** How a rebuild came out. */
public sealed interface RebuildResult {
  /** What was rebuilt. */
  BuildInput source();

  /**
   * It gave artifacts, whether or not they are the archive's.
   *
   * @param environment digest over the packages installed before the build began
   * @param buildinfo digest of the .buildinfo
   * @param startedOn when the source was unpacked, whole seconds as is finishedOn
   */
  record Built(
      BuildInput source,
      Architecture architecture,
      List<Comparison> comparisons,
      Sha256 environment,
      Sha256 buildinfo,
      Instant startedOn,
      Instant finishedOn)
      implements RebuildResult {
    public Built {
      comparisons = List.copyOf(comparisons);
    }
  }

  /**
   * The build did not succeed.
   *
   * @param logEnd the last lines of its log, fit for a terminal
   */
  record Failed(BuildInput source, BuildFailure failure, List<String> logEnd)
      implements RebuildResult {
    public Failed {
      logEnd = List.copyOf(logEnd);
    }
  }
}
