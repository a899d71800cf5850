package org.whonix2.core.policy;

import java.time.Duration;

/**
 * What a package must bring to be installed.
 *
 * @param vetoOperators how many operators with other bits refuse it, at least 1
 * @param minAge how long ago the first vote must have entered the log; zero for no time at all
 */
public record Demands(Quorum quorum, int vetoOperators, Duration minAge) {
  public Demands {
    if (vetoOperators < 1) {
      throw new IllegalArgumentException("expected a veto of at least 1, found " + vetoOperators);
    }
    if (minAge.isNegative()) {
      throw new IllegalArgumentException("expected no negative age, found " + minAge);
    }
  }

  /** Whether something that the other demands refuse could meet these. */
  boolean areWeakerThan(Demands other) {
    return quorum.isWeakerThan(other.quorum)
        || vetoOperators > other.vetoOperators
        || minAge.compareTo(other.minAge) < 0;
  }
}
