package org.whonix2.rebuilder.variation;

import java.util.Map;
import org.whonix2.core.digest.Sha256;

/** What came of one build. Two builds gave the same bits if their outcomes are equal. */
public sealed interface Outcome {
  /** Artifacts, by their file names. */
  record Bits(Map<String, Sha256> artifacts) implements Outcome {
    public Bits {
      artifacts = Map.copyOf(artifacts);
    }
  }

  /** It failed, in one lower-case sentence, which is a change as well. */
  record Failed(String reason) implements Outcome {}
}
