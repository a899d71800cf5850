package org.whonix2.core.verdict;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.whonix2.core.policy.Demands;
import org.whonix2.core.policy.Dimension;
import org.whonix2.core.policy.Terms;
import org.whonix2.core.quorum.Group;
import org.whonix2.core.verdict.Reason.Rule;

/**
 * The votes for one file that count together, under the terms that apply to them. Votes of two hash
 * classes never count together, nor do votes to which two rules of the policy apply: what suite a
 * vote is from is the rebuilder's word, so a few votes must not choose the rule for the others.
 */
final class Ballot {
  private final Terms terms;
  private final List<LoggedRebuild> votes;
  private final List<Reason> reasons = new ArrayList<>();

  /**
   * @param vetoes that count against the file
   * @param exempted whether what is asked of the votes is waived
   */
  Ballot(
      Terms terms,
      List<LoggedRebuild> votes,
      List<LoggedRebuild> vetoes,
      boolean exempted,
      Instant now) {
    this.terms = terms;
    this.votes = votes;
    if (!exempted) {
      operatorsMustBeEnough();
      votesMustDiffer();
      firstVoteMustBeOldEnough(now);
    }
    vetoWinsOverAnyQuorum(vetoes);
  }

  /** The nearest to an acceptance first. */
  static final Comparator<Ballot> NEAREST =
      Comparator.<Ballot>comparingInt(ballot -> ballot.reasons.size())
          .thenComparing(ballot -> -ballot.operators().size())
          .thenComparing(ballot -> ballot.terms.rule().orElse(Integer.MAX_VALUE))
          .thenComparing(Ballot::hashClass);

  Terms terms() {
    return terms;
  }

  List<LoggedRebuild> votes() {
    return votes;
  }

  /** Why these votes are not an acceptance. */
  List<Reason> reasons() {
    return reasons;
  }

  /** The votes' toolchain, or nothing where there are no votes. */
  private String hashClass() {
    return votes.stream().map(Ballot::hashClass).findFirst().orElse("");
  }

  static String hashClass(LoggedRebuild logged) {
    return logged.rebuild().toolchain().name();
  }

  private Set<String> operators() {
    return operators(votes);
  }

  private static Set<String> operators(List<LoggedRebuild> some) {
    return some.stream()
        .map(logged -> logged.rebuilder().operator())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private void operatorsMustBeEnough() {
    Group asked = terms.demands().quorum().operators();
    Set<String> voters = new TreeSet<>(operators());
    voters.retainAll(asked.members());
    if (asked.isMetBy(voters)) {
      return;
    }
    reasons.add(
        new Reason(
            Rule.QUORUM,
            voters.size()
                + " of "
                + asked.fewest()
                + " operators vote for this SHA-256"
                + (voters.isEmpty() ? "" : ": " + String.join(", ", voters)),
            "votes of these would be needed: " + asked.missing(voters)));
  }

  private void votesMustDiffer() {
    Set<String> asked = terms.demands().quorum().operators().members();
    List<LoggedRebuild> counting =
        votes.stream().filter(vote -> asked.contains(vote.rebuilder().operator())).toList();
    for (Map.Entry<Dimension, Integer> demand :
        terms.demands().quorum().distinct().entrySet().stream()
            .sorted(Map.Entry.comparingByKey())
            .toList()) {
      int found = DistinctValues.count(demand.getKey(), counting);
      if (found < demand.getValue()) {
        reasons.add(
            new Reason(
                Rule.DISTINCT,
                "the votes cover "
                    + found
                    + " of "
                    + demand.getValue()
                    + " different values of "
                    + demand.getKey().key(),
                "votes from operators that differ in "
                    + demand.getKey().key()
                    + " would be needed"));
      }
    }
  }

  /** Time for others to see a source that its signer's key may not have been meant for. */
  private void firstVoteMustBeOldEnough(Instant now) {
    Demands demands = terms.demands();
    Optional<Instant> first =
        votes.stream().map(LoggedRebuild::loggedBy).min(Comparator.naturalOrder());
    if (demands.minAge().equals(Duration.ZERO) || first.isEmpty()) {
      return;
    }
    Instant ripe = first.get().plus(demands.minAge());
    if (now.isBefore(ripe)) {
      reasons.add(
          new Reason(
              Rule.MIN_AGE,
              "this box knows of the first vote since "
                  + first.get()
                  + ", not yet for "
                  + demands.minAge(),
              "wait until " + ripe));
    }
  }

  private void vetoWinsOverAnyQuorum(List<LoggedRebuild> vetoes) {
    Set<String> against = operators(vetoes);
    if (against.size() < terms.demands().vetoOperators()) {
      return;
    }
    reasons.add(
        new Reason(
            Rule.VETO,
            against.size()
                + " operators got other bits from the same source in the same environment: "
                + vetoes.stream()
                    .map(veto -> veto.rebuilder().name() + " (" + veto.place() + ")")
                    .sorted()
                    .collect(Collectors.joining(", ")),
            "find out whose bits are wrong; a newer attestation by the same rebuilder replaces its"
                + " older one"));
  }
}
