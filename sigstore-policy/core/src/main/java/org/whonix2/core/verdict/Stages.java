package org.whonix2.core.verdict;

import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.policy.Dimension;
import org.whonix2.core.verdict.DistinctValues.Held;

/**
 * The regenerated compilers behind some votes. Diverse double-compiling makes roots independent
 * only if all of them come to the same compiler: one that came to another has shown that it, or
 * they, do something else than the source says, whatever bits it made of one package.
 *
 * <p>What is kept of the votes is which operator has which root, and that is as much as the policy
 * allows: one rebuilder can vote as often, and name as many compilers, as it likes.
 */
final class Stages {
  /** How many compilers a reason names. */
  private static final int MOST_NAMED = 10;

  private final Set<Held> unstaged = new HashSet<>();
  private final Map<Sha256, Stage> byDigest = new TreeMap<>();

  /** The votes of one compiler. */
  private static final class Stage {
    private final Set<Held> roots = new HashSet<>();
    private final SortedSet<String> who = new TreeSet<>();

    private void add(LoggedRebuild vote, Held root) {
      roots.add(root);
      who.add(vote.rebuilder().name() + " from " + root.value());
    }

    private long differentRoots() {
      return roots.stream().map(Held::value).distinct().count();
    }
  }

  private Stages(List<LoggedRebuild> votes) {
    for (LoggedRebuild vote : votes) {
      Held root = Held.by(vote, Dimension.COMPILER_ROOT);
      vote.rebuild()
          .stage()
          .ifPresentOrElse(
              digest -> byDigest.computeIfAbsent(digest, key -> new Stage()).add(vote, root),
              () -> unstaged.add(root));
    }
  }

  static Stages of(List<LoggedRebuild> votes) {
    return new Stages(votes);
  }

  /**
   * Whose roots are one compiler, for each compiler that there is; with them those of the archive's
   * own compiler, which nobody regenerated. The same ones stand there once.
   */
  Stream<Set<Held>> agreeing() {
    return byDigest.isEmpty()
        ? Stream.of(unstaged)
        : byDigest.values().stream().map(stage -> stage.roots).distinct().map(this::besideUnstaged);
  }

  private Set<Held> besideUnstaged(Set<Held> roots) {
    Set<Held> together = new HashSet<>(unstaged);
    together.addAll(roots);
    return together;
  }

  /** Names the compilers, those of fewest operators last, where there is more than one. */
  Reason explain(Reason reason) {
    if (byDigest.size() < 2) {
      return reason;
    }
    String stages =
        byDigest.entrySet().stream()
            .sorted(
                Comparator.<Map.Entry<Sha256, Stage>>comparingLong(
                        stage -> -stage.getValue().differentRoots())
                    .thenComparing(stage -> -stage.getValue().roots.size())
                    .thenComparing(Map.Entry::getKey))
            .limit(MOST_NAMED)
            .map(stage -> stage.getKey() + " (" + String.join(", ", stage.getValue().who) + ")")
            .collect(Collectors.joining(", and "));
    int more = byDigest.size() - MOST_NAMED;
    return new Reason(
        reason.rule(),
        reason.what()
            + ", as roots count together only where they came to one compiler, and these came to "
            + stages
            + (more > 0 ? ", and " + more + " more" : ""),
        reason.remedy()
            + "; find out which compiler is not what its source says, docs/trusting-trust.md");
  }
}
