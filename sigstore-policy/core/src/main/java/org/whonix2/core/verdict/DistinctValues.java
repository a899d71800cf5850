package org.whonix2.core.verdict;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
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

  /** That a vote of this operator has this value. */
  record Held(String operator, String value) {
    static Held by(LoggedRebuild vote, Dimension dimension) {
      return new Held(vote.rebuilder().operator(), dimension.of(vote.rebuilder(), vote.rebuild()));
    }
  }

  static int count(Dimension dimension, List<LoggedRebuild> votes) {
    return dimension == Dimension.COMPILER_ROOT
        ? Stages.of(votes).agreeing().mapToInt(DistinctValues::matched).max().orElse(0)
        : matched(votes.stream().map(vote -> Held.by(vote, dimension)).collect(Collectors.toSet()));
  }

  private static int matched(Set<Held> all) {
    DistinctValues matching = new DistinctValues();
    for (Held held : all) {
      matching
          .valuesByOperator
          .computeIfAbsent(held.operator, operator -> new TreeSet<>())
          .add(held.value);
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
