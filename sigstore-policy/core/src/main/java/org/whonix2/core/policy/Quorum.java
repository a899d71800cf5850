package org.whonix2.core.policy;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.whonix2.core.quorum.Group;

/**
 * Who must vote for one SHA-256.
 *
 * @param operators of rebuilders that must
 * @param distinct for a dimension, how many values of it distinct operators must cover
 */
public record Quorum(Group operators, Map<Dimension, Integer> distinct) {
  /** Above so many operators a comparison of two groups would take too long. */
  private static final int MOST_COMPARED = 16;

  public Quorum {
    distinct = Map.copyOf(distinct);
    distinct.forEach(
        (dimension, count) -> {
          if (count < 1) {
            throw new IllegalArgumentException(
                "expected at least 1 for distinct " + dimension.key() + ", found " + count);
          }
        });
  }

  /** This one with what a rule names in its place. */
  Quorum with(Group others, Map<Dimension, Integer> named) {
    Map<Dimension, Integer> replaced = new HashMap<>(distinct);
    replaced.putAll(named);
    return new Quorum(others, replaced);
  }

  /**
   * Whether there are votes that meet this quorum and not the other one. Where that cannot be told,
   * it is taken to be so.
   */
  boolean isWeakerThan(Quorum other) {
    boolean lessDistinct =
        other.distinct.entrySet().stream()
            .anyMatch(demand -> distinct.getOrDefault(demand.getKey(), 1) < demand.getValue());
    // Only the votes of those whom a quorum asks can differ: others could be the different ones.
    boolean othersDiffer =
        other.distinct.values().stream().anyMatch(count -> count > 1)
            && !other.operators.members().containsAll(operators.members());
    return lessDistinct || othersDiffer || isWeaker(operators, other.operators);
  }

  /** The members, if the group is one threshold of members only. */
  private static Optional<Set<String>> flat(Group group) {
    return group instanceof Group.Threshold threshold
            && threshold.of().stream().allMatch(Group.Member.class::isInstance)
        ? Optional.of(group.members())
        : Optional.empty();
  }

  private static boolean isWeaker(Group group, Group other) {
    if (group.equals(other)) {
      return false;
    }
    Optional<Set<String>> flat = flat(group);
    Optional<Set<String>> otherFlat = flat(other);
    if (flat.isPresent() && otherFlat.isPresent()) {
      // The fewest of the other's members that can be among those who meet this one.
      long outside = flat.get().stream().filter(name -> !otherFlat.get().contains(name)).count();
      return group.fewest() - outside < other.fewest();
    }
    String[] members = group.members().toArray(String[]::new);
    if (members.length > MOST_COMPARED) {
      return true;
    }
    for (int subset = 0; subset < 1 << members.length; subset++) {
      Set<String> agreeing = new HashSet<>();
      for (int i = 0; i < members.length; i++) {
        if ((subset >> i & 1) == 1) {
          agreeing.add(members[i]);
        }
      }
      if (group.isMetBy(agreeing) && !other.isMetBy(agreeing)) {
        return true;
      }
    }
    return false;
  }
}
