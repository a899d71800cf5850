package org.whonix2.core.verdict;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.whonix2.core.artifact.BinaryArtifact;
import org.whonix2.core.policy.Quorum;

/**
 * What another hash class has beside an installed file: the same package of the same source, by
 * another compiler.
 *
 * @param toolchain the hash class
 * @param quorum what the policy asks for there
 * @param artifact what comes nearest to it, or empty if nobody attested anything
 * @param votes that count for that artifact
 * @param votesSetAside that would count, had their keys not signed two things
 * @param uncounted of that class and source, with the reason for each
 * @param vetoes that stand against that artifact, enough or not
 * @param isHeld whether it would do but for these
 * @param reasons why it does not do; empty if it does
 * @param until when the first of the vetoes on it that do not stand may stand again
 */
public record Counterpart(
    String toolchain,
    Quorum quorum,
    Optional<BinaryArtifact> artifact,
    List<LoggedRebuild> votes,
    List<LoggedRebuild> votesSetAside,
    List<Verdict.Uncounted> uncounted,
    List<Veto> vetoes,
    boolean isHeld,
    List<Reason> reasons,
    Optional<Instant> until) {
  public Counterpart {
    votes = List.copyOf(votes);
    votesSetAside = List.copyOf(votesSetAside);
    uncounted = List.copyOf(uncounted);
    vetoes = List.copyOf(vetoes);
    reasons = List.copyOf(reasons);
  }

  /** Whether it is as the policy asks. */
  public boolean met() {
    return reasons.isEmpty();
  }
}
