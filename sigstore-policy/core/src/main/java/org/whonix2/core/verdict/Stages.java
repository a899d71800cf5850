package org.whonix2.core.verdict;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.whonix2.core.digest.Sha256;

/**
 * The regenerated compilers behind some votes. Diverse double-compiling makes roots independent
 * only if all of them come to the same compiler: one that came to another has shown that it, or
 * they, do something else than the source says, whatever bits it made of one package.
 */
final class Stages {
  private final List<LoggedRebuild> unstaged = new ArrayList<>();
  private final Map<Sha256, List<LoggedRebuild>> byDigest = new TreeMap<>();

  private Stages(List<LoggedRebuild> votes) {
    for (LoggedRebuild vote : votes) {
      vote.rebuild()
          .stage()
          .map(digest -> byDigest.computeIfAbsent(digest, key -> new ArrayList<>()))
          .orElse(unstaged)
          .add(vote);
    }
  }

  static Stages of(List<LoggedRebuild> votes) {
    return new Stages(votes);
  }

  /**
   * The votes whose roots are one compiler, for each compiler that there is; with them those of the
   * archive's own compiler, which nobody regenerated.
   */
  List<List<LoggedRebuild>> agreeing() {
    List<List<LoggedRebuild>> agreeing = new ArrayList<>();
    for (List<LoggedRebuild> same : byDigest.values()) {
      List<LoggedRebuild> together = new ArrayList<>(unstaged);
      together.addAll(same);
      agreeing.add(together);
    }
    return agreeing.isEmpty() ? List.of(List.copyOf(unstaged)) : agreeing;
  }

  /** Names the compilers, those that fewest vote with last, where there is more than one. */
  Reason explain(Reason reason) {
    if (byDigest.size() < 2) {
      return reason;
    }
    String stages =
        byDigest.entrySet().stream()
            .sorted(
                Comparator.<Map.Entry<Sha256, List<LoggedRebuild>>>comparingInt(
                        stage -> -roots(stage.getValue()).size())
                    .thenComparing(stage -> -stage.getValue().size())
                    .thenComparing(Map.Entry::getKey))
            .map(stage -> stage.getKey() + " (" + who(stage.getValue()) + ")")
            .collect(Collectors.joining(", and "));
    return new Reason(
        reason.rule(),
        reason.what()
            + ", as roots count together only where they came to one compiler, and these came to "
            + stages,
        reason.remedy()
            + "; find out which compiler is not what its source says, docs/trusting-trust.md");
  }

  private static Set<String> roots(List<LoggedRebuild> votes) {
    return votes.stream().map(vote -> vote.rebuild().compilerRoot()).collect(Collectors.toSet());
  }

  private static String who(List<LoggedRebuild> votes) {
    return votes.stream()
        .map(vote -> vote.rebuilder().name() + " from " + vote.rebuild().compilerRoot())
        .sorted()
        .collect(Collectors.joining(", "));
  }
}
