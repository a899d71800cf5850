package org.whonix2.rebuilder.variation;

import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * One build of a search.
 *
 * @param varied everything else is as usual
 * @param clockSetBack whether its clock begins when that of the first build did
 */
public record Trial(Set<Variation> varied, boolean clockSetBack) {
  public Trial {
    varied = Set.copyOf(varied);
  }

  static Trial everything() {
    return new Trial(EnumSet.allOf(Variation.class), false);
  }

  /** For people, in the variations' order. */
  @Override
  public String toString() {
    if (varied.size() == Variation.values().length) {
      return "everything";
    }
    if (varied.isEmpty()) {
      return "nothing";
    }
    return varied.stream().sorted().map(Variation::toString).collect(Collectors.joining(", "));
  }
}
