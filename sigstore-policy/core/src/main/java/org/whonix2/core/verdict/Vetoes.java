package org.whonix2.core.verdict;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.whonix2.core.verdict.Reason.Rule;

/**
 * What contradicts some votes.
 *
 * @param overridden when the first of the overrides ends that keep others from standing
 */
record Vetoes(List<LoggedRebuild> standing, Optional<Instant> overridden) {
  static final Vetoes NONE = new Vetoes(List.of(), Optional.empty());

  /** Why these are too many, if they are: they win over any quorum. */
  Optional<Reason> refuse(int enough) {
    Set<String> against = Agreement.operators(standing);
    return against.size() < enough
        ? Optional.empty()
        : Optional.of(
            new Reason(
                Rule.VETO,
                against.size()
                    + " operators got other bits from the same source in the same environment: "
                    + standing.stream()
                        .map(veto -> veto.rebuilder().name() + " (" + veto.place() + ")")
                        .sorted()
                        .collect(Collectors.joining(", ")),
                "find out whose bits are wrong; a newer attestation by the same rebuilder replaces"
                    + " its older one"));
  }
}
