package org.whonix2.core.ticket;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.whonix2.core.artifact.BinaryArtifact;
import org.whonix2.core.artifact.PackageIdentity;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.policy.HashExemption;
import org.whonix2.core.policy.UpdatePolicy;
import org.whonix2.core.verdict.Evidence;
import org.whonix2.core.verdict.Grounds;
import org.whonix2.core.verdict.Held;
import org.whonix2.core.verdict.Reason;
import org.whonix2.core.verdict.Verdict;
import org.whonix2.core.verdict.VerdictRules;

/**
 * What came of judging every artifact that the evidence names.
 *
 * @param held those that only vetoes keep from having a ticket, in the order of the logs
 * @param refusals why everything is refused; empty if it is not
 */
public record Issuance(Tickets tickets, List<Held> held, List<Reason> refusals) {
  public Issuance {
    held = List.copyOf(held);
    refusals = List.copyOf(refusals);
  }

  /**
   * Judges. Where policy or logs refuse everything there are no tickets but the reason.
   *
   * @param bound the document that the policy was read from
   * @param evidence read under this policy
   */
  public static Issuance of(
      UpdatePolicy policy, BoundPolicy bound, Evidence evidence, Instant now) {
    Grounds grounds = Grounds.of(policy, evidence, now);
    List<Reason> refusals = grounds.reasons();
    SortedMap<Sha256, Acceptance> accepted = new TreeMap<>();
    List<Held> held = new ArrayList<>();
    if (refusals.isEmpty()) {
      for (BinaryArtifact artifact : judged(policy, evidence, now)) {
        Verdict verdict = VerdictRules.judge(grounds, artifact);
        if (verdict.accepted()) {
          accepted.merge(artifact.digest(), Acceptance.of(verdict), Acceptance::together);
        }
        Held.by(verdict).ifPresent(held::add);
      }
    }
    Tickets tickets =
        new Tickets(
            policy.mode(),
            Optional.of(bound),
            now,
            policy.protect(),
            refusals.stream()
                .max(Comparator.comparing(reason -> reason.rule().kind()))
                .map(Reason::what),
            accepted.values().stream().flatMap(one -> one.ticket.stream()).toList());
    return new Issuance(tickets, held, refusals);
  }

  /**
   * What came of one SHA-256.
   *
   * @param ticket none, if two quorums of one strength say that the same bits are two things
   * @param relaxed whether it rests on a relaxation: then it does not stand against one that does
   *     not
   */
  private record Acceptance(Optional<Ticket> ticket, boolean relaxed) {
    static Acceptance of(Verdict verdict) {
      Ticket ticket =
          new Ticket(verdict.artifact().digest(), verdict.artifact().identity(), verdict.until());
      return new Acceptance(Optional.of(ticket), verdict.terms().until().isPresent());
    }

    Acceptance together(Acceptance other) {
      if (ticket.isPresent() && other.ticket.isPresent()) {
        Ticket mine = ticket.get();
        Ticket others = other.ticket.get();
        if (mine.identity().equals(others.identity())) {
          return mine.end().isBefore(others.end()) ? other : this;
        }
      }
      if (relaxed != other.relaxed) {
        return relaxed ? other : this;
      }
      return new Acceptance(Optional.empty(), relaxed);
    }
  }

  /**
   * What can be accepted: what as many operators name as any quorum of the policy needs, and what
   * somebody exempts though nobody attested it. One operator can name millions of files.
   */
  private static Set<BinaryArtifact> judged(UpdatePolicy policy, Evidence evidence, Instant now) {
    Set<Evidence.Exempted> exempted = new LinkedHashSet<>(evidence.exempted());
    for (HashExemption exemption : policy.exemptions()) {
      exempted.add(new Evidence.Exempted(exemption.artifact(), exemption.identity()));
    }
    Set<BinaryArtifact> judged = new LinkedHashSet<>();
    Set<Evidence.Exempted> attested = new HashSet<>();
    for (BinaryArtifact artifact : evidence.artifacts()) {
      Evidence.Exempted named = new Evidence.Exempted(artifact.digest(), artifact.identity());
      boolean isExempted = exempted.contains(named);
      if (isExempted
          || evidence.operatorsNaming(artifact)
              >= policy.fewestOperators(artifact.identity().name(), now)) {
        judged.add(artifact);
      }
      if (isExempted) {
        attested.add(named);
      }
    }
    exempted.removeAll(attested);
    exempted.forEach(file -> judged.add(unattested(file.artifact(), file.identity())));
    return judged;
  }

  /** Its size is unknown, and only an attestation would be compared with it. */
  private static BinaryArtifact unattested(Sha256 artifact, PackageIdentity identity) {
    return new BinaryArtifact(identity, artifact, 0);
  }
}
