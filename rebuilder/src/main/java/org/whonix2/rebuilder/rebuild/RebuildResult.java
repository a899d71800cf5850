package org.whonix2.rebuilder.rebuild;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.whonix2.core.artifact.Architecture;
import org.whonix2.core.digest.Sha256;
import org.whonix2.rebuilder.input.BuildInput;
import org.whonix2.rebuilder.sandbox.BuildFailure;
import org.whonix2.rebuilder.variation.Findings;

/** How a rebuild came out. */
public sealed interface RebuildResult {
  /** What was built, in what, and when: the same whatever came of it. */
  Attempt attempt();

  /**
   * A build of a source in a root.
   *
   * @param environment digest over the packages installed before the build began
   * @param stage digest of the regenerated compiler's stage, where it was not the archive's
   * @param startedOn when the source was unpacked, whole seconds as is finishedOn
   * @param finishedOn not before it, even if the clock was set back meanwhile
   */
  record Attempt(
      BuildInput source,
      Architecture architecture,
      Sha256 environment,
      Optional<Sha256> stage,
      Instant startedOn,
      Instant finishedOn) {
    public Attempt {
      finishedOn = finishedOn.isBefore(startedOn) ? startedOn : finishedOn;
    }
  }

  /**
   * It gave artifacts, whether or not they are the archive's.
   *
   * @param buildinfo digest of the .buildinfo
   * @param variation what changes the bits, if that was looked for
   */
  record Built(
      Attempt attempt, List<Comparison> comparisons, Sha256 buildinfo, Optional<Findings> variation)
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
  record Failed(Attempt attempt, BuildFailure failure, List<String> logEnd)
      implements RebuildResult {
    public Failed {
      logEnd = List.copyOf(logEnd);
    }
  }
}
