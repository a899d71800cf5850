package org.whonix2.core.policy;

import java.util.Map;

/**
 * How many operators must vote for one SHA-256.
 *
 * @param threshold of distinct operators, at least 1
 * @param distinct for a dimension, how many values of it distinct operators must cover
 */
public record Quorum(int threshold, Map<Dimension, Integer> distinct) {
  public Quorum {
    distinct = Map.copyOf(distinct);
    if (threshold < 1) {
      throw new IllegalArgumentException("expected a threshold of at least 1, found " + threshold);
    }
    distinct.forEach(
        (dimension, count) -> {
          if (count < 1) {
            throw new IllegalArgumentException(
                "expected at least 1 for distinct " + dimension.key() + ", found " + count);
          }
        });
  }
}
