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
 * @param standing a few of each rebuilder
 * @param until when the first of those that do not stand may stand again: an override ends, or that
 *     evidence is missing has to be looked at anew
 */
record Vetoes(List<Veto> standing, Optional<Instant> until) {
  /** How many vetoes by one rebuilder are looked at, the first in the log. */
  static final int MOST_BY_ONE = 16;

  static final Vetoes NONE = new Vetoes(List.of(), Optional.empty());

  /** Why these are too many, if they are: they win over any quorum. */
  Optional<Reason> refuse(int enough) {
    Set<String> against = Agreement.operators(standing.stream().map(Veto::statement).toList());
    return against.size() < enough
        ? Optional.empty()
        : Optional.of(
            new Reason(
                Rule.VETO,
                against.size()
                    + " operators got other bits from the same source in the same environment: "
                    + standing.stream()
                        .map(Veto::statement)
                        .map(said -> said.rebuilder().name() + " (" + said.place() + ")")
                        .sorted()
                        .collect(Collectors.joining(", ")),
                "find out whose bits are wrong; a newer attestation by the same rebuilder replaces"
                    + " its older one, and the policy's reviewers can override a veto on one file"));
  }
}
