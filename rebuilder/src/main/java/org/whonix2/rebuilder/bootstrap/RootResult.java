package org.whonix2.rebuilder.bootstrap;

import java.util.List;
import java.util.Optional;
import org.whonix2.core.digest.Sha256;
import org.whonix2.toolchain.PlanRoot;

/**
 * What came of one compiler root.
 *
 * @param stages from the first on; none if one of them failed
 * @param failure why, in one sentence
 */
public record RootResult(PlanRoot root, List<Stage> stages, Optional<String> failure) {
  public RootResult {
    stages = List.copyOf(stages);
  }

  /** The stages' digests, from the first on. */
  public List<Sha256> digests() {
    return stages.stream().map(Stage::digest).toList();
  }
}
