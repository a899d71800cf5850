package org.whonix2.core.verdict;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.whonix2.core.policy.Dimension;

/**
 * How many values of a dimension distinct operators cover. An operator stands for one value only,
 * however many rebuilders it runs: else one operator with two compilers would be diverse alone. So
 * this is the size of a maximum matching of operators to values (found by augmenting paths).
 * Compiler roots count together only as far as they came to one compiler ({@link Stages}).
 */
final class DistinctValues {
  private final Map<String, Set<String>> valuesByOperator = new TreeMap<>();
  private final Map<String, String> operatorByValue = new HashMap<>();

  private DistinctValues() {}

  static int count(Dimension dimension, List<LoggedRebuild> votes) {
    return dimension == Dimension.COMPILER_ROOT
        ? Stages.of(votes).agreeing().stream()
            .mapToInt(agreeing -> matched(dimension, agreeing))
            .max()
            .orElse(0)
        : matched(dimension, votes);
  }

  private static int matched(Dimension dimension, List<LoggedRebuild> votes) {
    DistinctValues matching = new DistinctValues();
    for (LoggedRebuild vote : votes) {
      matching
          .valuesByOperator
          .computeIfAbsent(vote.rebuilder().operator(), operator -> new TreeSet<>())
          .add(dimension.of(vote.rebuilder(), vote.rebuild()));
    }
    int matched = 0;
    for (String operator : matching.valuesByOperator.keySet()) {
      if (matching.assign(operator, new HashSet<>())) {
        matched++;
      }
    }
    return matched;
  }

  private boolean assign(String operator, Set<String> tried) {
    for (String value : valuesByOperator.getOrDefault(operator, Set.of())) {
      if (tried.add(value)) {
        String holder = operatorByValue.get(value);
        if (holder == null || assign(holder, tried)) {
          operatorByValue.put(value, operator);
          return true;
        }
      }
    }
    return false;
  }
}
