package org.whonix2.core.verdict;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.whonix2.core.artifact.BinaryArtifact;
import org.whonix2.core.policy.Terms;

/**
 * The answer for one file, with everything it rests on.
 *
 * @param terms what was asked of the votes
 * @param exempted whether that was waived for this SHA-256
 * @param votes what counted for this SHA-256
 * @param also what other hash classes have, one for each that the terms ask for
 * @param uncounted what names this package and did not count, with the reason for each
 * @param vetoes what stands against it, or against what the terms ask for beside it, enough or not
 * @param reasons why it is refused; empty means accepted
 * @param until when an acceptance ends
 */
public record Verdict(
    BinaryArtifact artifact,
    Terms terms,
    boolean exempted,
    List<LoggedRebuild> votes,
    List<Counterpart> also,
    List<Uncounted> uncounted,
    List<Veto> vetoes,
    List<Reason> reasons,
    Instant until) {
  public Verdict {
    votes = List.copyOf(votes);
    also = List.copyOf(also);
    uncounted = List.copyOf(uncounted);
    vetoes = List.copyOf(vetoes);
    reasons = List.copyOf(reasons);
  }

  /** A statement about this package that gives no vote. */
  public record Uncounted(LoggedRebuild statement, String why) {}

  public boolean accepted() {
    return reasons.isEmpty();
  }

  /** The gravest kind of refusal, or empty if accepted. */
  public Optional<Reason.Kind> refusal() {
    return reasons.stream().map(reason -> reason.rule().kind()).max(Reason.Kind::compareTo);
  }
}
