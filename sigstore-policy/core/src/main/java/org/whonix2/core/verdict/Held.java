package org.whonix2.core.verdict;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.whonix2.core.artifact.BinaryArtifact;
import org.whonix2.core.verdict.Reason.Rule;

/**
 * A file that would be accepted, now or when it is old enough, but for vetoes.
 *
 * @param exempted whether its quorum is waived
 * @param vetoes that stand against it, or against what the policy asks for beside it
 */
public record Held(BinaryArtifact artifact, boolean exempted, List<Veto> vetoes) {
  private static final Set<Rule> BY_VETO = Set.of(Rule.VETO, Rule.ALSO, Rule.MIN_AGE);

  public Held {
    vetoes = List.copyOf(vetoes);
  }

  /** What this verdict holds back, if it does for no other reason. */
  public static Optional<Held> by(Verdict verdict) {
    boolean isBesideHeld =
        verdict.exempted() || verdict.also().stream().allMatch(also -> also.met() || also.isHeld());
    boolean byVetoOnly =
        isBesideHeld
            && verdict.reasons().stream().allMatch(reason -> BY_VETO.contains(reason.rule()));
    return verdict.accepted() || !byVetoOnly || verdict.vetoes().isEmpty()
        ? Optional.empty()
        : Optional.of(new Held(verdict.artifact(), verdict.exempted(), verdict.vetoes()));
  }
}
