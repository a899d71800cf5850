package org.whonix2.core.quorum;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** A member by name, or so many of several groups. */
public sealed interface Group {
  /** Whether those who agree are enough. More of them never make less of it. */
  boolean isMetBy(Set<String> agreeing);

  /** Everybody who can agree, in the order of writing. */
  Set<String> members();

  /** The fewest members that can meet it. */
  int fewest();

  /**
   * The largest value that holds for enough: the group is met by the members whose value is at
   * least this. Empty if those who have a value are too few.
   */
  default <T extends Comparable<? super T>> Optional<T> highest(Map<String, T> values) {
    return level(values, Comparator.<T>naturalOrder().reversed());
  }

  /** The smallest value such that the group is met by the members whose value is at most this. */
  default <T extends Comparable<? super T>> Optional<T> lowest(Map<String, T> values) {
    return level(values, Comparator.naturalOrder());
  }

  /** The first value in that order such that the group is met by the members up to it. */
  <T> Optional<T> level(Map<String, T> values, Comparator<? super T> order);

  /** Whose agreement would meet it, for people; empty if it is met. */
  String missing(Set<String> agreeing);

  /** So many of these members. */
  static Group of(int threshold, Collection<String> members) {
    return new Threshold(threshold, members.stream().<Group>map(Member::new).toList());
  }

  /** One who can agree. */
  record Member(String name) implements Group {
    @Override
    public boolean isMetBy(Set<String> agreeing) {
      return agreeing.contains(name);
    }

    @Override
    public Set<String> members() {
      return Set.of(name);
    }

    @Override
    public int fewest() {
      return 1;
    }

    @Override
    public <T> Optional<T> level(Map<String, T> values, Comparator<? super T> order) {
      return Optional.ofNullable(values.get(name));
    }

    @Override
    public String missing(Set<String> agreeing) {
      return isMetBy(agreeing) ? "" : name;
    }

    @Override
    public String toString() {
      return name;
    }
  }

  /**
   * So many of these.
   *
   * @param threshold from 1 to the number of groups
   */
  record Threshold(int threshold, List<Group> of) implements Group {
    /**
     * @throws IllegalArgumentException if the threshold cannot be met or asks for nothing, or if a
     *     name stands twice
     */
    public Threshold {
      of = List.copyOf(of);
      if (threshold < 1 || threshold > of.size()) {
        throw new IllegalArgumentException(
            "expected a threshold from 1 to "
                + of.size()
                + ", the number of those asked, found "
                + threshold);
      }
      Set<String> seen = new LinkedHashSet<>();
      for (Group group : of) {
        for (String name : group.members()) {
          if (!seen.add(name)) {
            throw new IllegalArgumentException("expected each once, found " + name + " twice");
          }
        }
      }
    }

    @Override
    public boolean isMetBy(Set<String> agreeing) {
      return of.stream().filter(group -> group.isMetBy(agreeing)).count() >= threshold;
    }

    @Override
    public Set<String> members() {
      Set<String> members = new LinkedHashSet<>();
      of.forEach(group -> members.addAll(group.members()));
      return Collections.unmodifiableSet(members);
    }

    @Override
    public int fewest() {
      return of.stream().mapToInt(Group::fewest).sorted().limit(threshold).sum();
    }

    @Override
    public <T> Optional<T> level(Map<String, T> values, Comparator<? super T> order) {
      List<T> levels = new ArrayList<>();
      of.forEach(group -> group.level(values, order).ifPresent(levels::add));
      levels.sort(order);
      return levels.size() < threshold ? Optional.empty() : Optional.of(levels.get(threshold - 1));
    }

    @Override
    public String missing(Set<String> agreeing) {
      List<Group> others = of.stream().filter(group -> !group.isMetBy(agreeing)).toList();
      int more = threshold - (of.size() - others.size());
      if (more <= 0) {
        return "";
      }
      return more
          + " of "
          + others.stream()
              .map(group -> inner(group, group.missing(agreeing)))
              .collect(Collectors.joining(", "));
    }

    private static String inner(Group group, String text) {
      return group instanceof Member ? text : "(" + text + ")";
    }

    @Override
    public String toString() {
      return threshold
          + " of "
          + of.stream()
              .map(group -> inner(group, group.toString()))
              .collect(Collectors.joining(", "));
    }
  }
}
