package org.whonix2.core.verdict;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.whonix2.core.policy.Demands;
import org.whonix2.core.policy.Terms;
import org.whonix2.core.verdict.Reason.Rule;

/**
 * The votes for one file that count together, under the terms that apply to them. Votes of two hash
 * classes never count together, nor do votes to which two rules of the policy apply: what suite a
 * vote is from is the rebuilder's word, so a few votes must not choose the rule for the others.
 * Where the terms ask for other hash classes of one source, votes of two sources do not either.
 */
final class Ballot {
  /** Of two ends the later first, and none at all before any. */
  static final Comparator<Optional<Instant>> LONGEST =
      Comparator.comparing(end -> end.orElse(Instant.MAX), Comparator.reverseOrder());

  /** The nearest to an acceptance first, and of acceptances the longest. */
  static final Comparator<Ballot> NEAREST =
      Comparator.<Ballot>comparingInt(Ballot::distance)
          .thenComparing(Ballot::until, LONGEST)
          .thenComparing(ballot -> -Agreement.operators(ballot.votes).size())
          .thenComparing(ballot -> ballot.terms.rule().orElse(Integer.MAX_VALUE))
          .thenComparing(Ballot::hashClass)
          .thenComparing(Ballot::source);

  private final Terms terms;
  private final List<LoggedRebuild> votes;
  private final List<Counterpart> also;
  private final List<Veto> vetoes;
  private final Optional<Instant> until;
  private final List<Reason> reasons = new ArrayList<>();

  /**
   * @param vetoes that count against the file
   * @param also what there is in each other hash class that the terms name
   */
  Ballot(
      Terms terms, List<LoggedRebuild> votes, Vetoes vetoes, List<Counterpart> also, Instant now) {
    this.terms = terms;
    this.votes = votes;
    this.also = also;
    this.vetoes = vetoes.standing();
    this.until =
        Stream.of(
                terms.until().stream(),
                vetoes.until().stream(),
                also.stream().flatMap(other -> other.until().stream()))
            .flatMap(ends -> ends)
            .min(Comparator.naturalOrder());
    reasons.addAll(new Agreement(terms.demands().quorum(), votes).reasons());
    quorumMustBeOldEnough(now);
    vetoes.refuse(terms.demands().vetoOperators()).ifPresent(reasons::add);
    also.forEach(other -> reasons.addAll(other.reasons()));
  }

  Terms terms() {
    return terms;
  }

  List<LoggedRebuild> votes() {
    return votes;
  }

  /** What other hash classes have, in the order in which the terms name them. */
  List<Counterpart> also() {
    return also;
  }

  /** What stands against the file, enough or not. */
  List<Veto> vetoes() {
    return vetoes;
  }

  /** 0 for an acceptance; more where votes are missing than where others speak against them. */
  private int distance() {
    return reasons.stream().mapToInt(reason -> distance(reason.rule())).max().orElse(0);
  }

  private int distance(Rule missed) {
    return switch (missed) {
      case QUORUM -> 3;
      case DISTINCT -> 2;
      case ALSO -> also.stream().allMatch(other -> other.met() || other.isHeld()) ? 1 : 2;
      default -> 1;
    };
  }

  /** When the terms, or what keeps a veto from standing, cease to apply. */
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

  /** The smallest of the votes' sources: their only one where the terms ask for other classes. */
  private String source() {
    return votes.stream()
        .map(vote -> vote.rebuild().source().digest().toString())
        .min(Comparator.naturalOrder())
        .orElse("");
  }

  static String hashClass(LoggedRebuild logged) {
    return logged.rebuild().toolchain().name();
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
}
