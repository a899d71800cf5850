package org.whonix2.core.verdict;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
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
  /**
   * What contradicts some votes.
   *
   * @param overridden when the first of the overrides ends that keep others from standing
   */
  record Vetoes(List<LoggedRebuild> standing, Optional<Instant> overridden) {
    static final Vetoes NONE = new Vetoes(List.of(), Optional.empty());
  }

  private final Terms terms;
  private final List<LoggedRebuild> votes;
  private final Optional<Instant> until;
  private final List<Reason> reasons = new ArrayList<>();

  /**
   * @param vetoes that count against the file
   */
  Ballot(Terms terms, List<LoggedRebuild> votes, Vetoes vetoes, Instant now) {
    this.terms = terms;
    this.votes = votes;
    this.until =
        Stream.concat(terms.until().stream(), vetoes.overridden().stream())
            .min(Comparator.naturalOrder());
    operatorsMustBeEnough();
    votesMustDiffer();
    quorumMustBeOldEnough(now);
    vetoWinsOverAnyQuorum(vetoes.standing(), terms.demands().vetoOperators())
        .ifPresent(reasons::add);
  }

  /** The nearest to an acceptance first, and of acceptances the longest. */
  static final Comparator<Ballot> NEAREST =
      Comparator.<Ballot>comparingInt(Ballot::distance)
          .thenComparing(ballot -> ballot.until.orElse(Instant.MAX), Comparator.reverseOrder())
          .thenComparing(ballot -> -ballot.operators().size())
          .thenComparing(ballot -> ballot.terms.rule().orElse(Integer.MAX_VALUE))
          .thenComparing(Ballot::hashClass);

  Terms terms() {
    return terms;
  }

  List<LoggedRebuild> votes() {
    return votes;
  }

  /** 0 for an acceptance; with a quorum something else is wrong. */
  private int distance() {
    boolean isShort = reasons.stream().anyMatch(reason -> reason.rule() == Rule.QUORUM);
    return reasons.isEmpty() ? 0 : isShort ? 2 : 1;
  }

  /** When the terms or an override on which they rest cease to apply. */
  Optional<Instant> until() {
    return until;
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

  /** The operators of these whom the quorum asks. */
  private Set<String> asked(List<LoggedRebuild> some) {
    Set<String> asked = operators(some);
    asked.retainAll(terms.demands().quorum().operators().members());
    return asked;
  }

  private static Set<String> operators(List<LoggedRebuild> some) {
    return some.stream()
        .map(logged -> logged.rebuilder().operator())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private void operatorsMustBeEnough() {
    Group asked = terms.demands().quorum().operators();
    Set<String> voters = asked(votes);
    if (asked.isMetBy(voters)) {
      return;
    }
    boolean isFlat = voters.size() < asked.fewest();
    reasons.add(
        new Reason(
            Rule.QUORUM,
            voters.size()
                + (isFlat ? " of " + asked.fewest() : "")
                + " operators vote for this SHA-256"
                + (voters.isEmpty() ? "" : ": " + String.join(", ", voters))
                + (isFlat ? "" : "; the policy asks for " + asked),
            "votes of these would be needed: " + asked.missing(voters)));
  }

  private void votesMustDiffer() {
    Set<String> asked = asked(votes);
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

  /**
   * Time for others to see a source that its signer's key may not have been meant for. It runs from
   * when the quorum was there, not from the first vote: that one could be an accomplice's, who knew
   * the bits before anybody else.
   */
  private void quorumMustBeOldEnough(Instant now) {
    Demands demands = terms.demands();
    Map<String, Instant> firstVotes = new HashMap<>();
    for (LoggedRebuild vote : votes) {
      firstVotes.merge(
          vote.rebuilder().operator(),
          vote.loggedBy(),
          (one, other) -> one.isBefore(other) ? one : other);
    }
    Optional<Instant> complete = demands.quorum().operators().lowest(firstVotes);
    if (demands.minAge().equals(Duration.ZERO) || complete.isEmpty()) {
      return;
    }
    Instant ripe = complete.get().plus(demands.minAge());
    if (now.isBefore(ripe)) {
      reasons.add(
          new Reason(
              Rule.MIN_AGE,
              "this box knows of the quorum since "
                  + complete.get()
                  + ", not yet for "
                  + demands.minAge(),
              "wait until " + ripe));
    }
  }

  /** Why these are too many, if they are. */
  static Optional<Reason> vetoWinsOverAnyQuorum(List<LoggedRebuild> vetoes, int enough) {
    Set<String> against = operators(vetoes);
    return against.size() < enough
        ? Optional.empty()
        : Optional.of(
            new Reason(
                Rule.VETO,
                against.size()
                    + " operators got other bits from the same source in the same environment: "
                    + vetoes.stream()
                        .map(veto -> veto.rebuilder().name() + " (" + veto.place() + ")")
                        .sorted()
                        .collect(Collectors.joining(", ")),
                "find out whose bits are wrong; a newer attestation by the same rebuilder replaces"
                    + " its older one"));
  }
}
