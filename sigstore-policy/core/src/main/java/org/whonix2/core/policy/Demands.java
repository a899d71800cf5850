package org.whonix2.core.policy;

import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a package must bring to be installed.
 *
 * @param vetoOperators how many operators with other bits refuse it, at least 1
 * @param minAge how long ago the first vote must have entered the log; zero for no time at all
 * @param also by hash class, who must have reproduced the same source in that class as well
 */
public record Demands(
    Quorum quorum, int vetoOperators, Duration minAge, SortedMap<String, Quorum> also) {
  public Demands {
    if (vetoOperators < 1) {
      throw new IllegalArgumentException("expected a veto of at least 1, found " + vetoOperators);
    }
    if (minAge.isNegative()) {
      throw new IllegalArgumentException("expected no negative age, found " + minAge);
    }
    also = Collections.unmodifiableSortedMap(new TreeMap<>(also));
  }

  /** Demands on the installed file's own hash class only. */
  public Demands(Quorum quorum, int vetoOperators, Duration minAge) {
    this(quorum, vetoOperators, minAge, Collections.emptySortedMap());
  }

  /**
   * Whether something that the other demands refuse could meet these.
   *
   * @param toolchain the hash class of all on which these are made, or empty for any
   */
  boolean areWeakerThan(Demands other, Optional<String> toolchain) {
    return acceptTheOnlyClassOf(other, toolchain)
        || quorum.isWeakerThan(other.quorum)
        || vetoOperators > other.vetoOperators
        || minAge.compareTo(other.minAge) < 0
        || other.also.entrySet().stream().anyMatch(this::asksLessThan);
  }

  /**
   * Where one class alone is asked for, files of that class are refused, as their own compiler's
   * word is not another's. Beside a second class they no longer are.
   */
  private boolean acceptTheOnlyClassOf(Demands other, Optional<String> toolchain) {
    return other.also.size() == 1
        && also.size() > 1
        && (toolchain.isEmpty() || other.also.containsKey(toolchain.get()));
  }

  private boolean asksLessThan(Map.Entry<String, Quorum> demand) {
    Quorum own = also.get(demand.getKey());
    return own == null || own.isWeakerThan(demand.getValue());
  }
}
