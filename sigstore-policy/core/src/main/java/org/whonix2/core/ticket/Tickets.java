package org.whonix2.core.ticket;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.artifact.BinaryArtifact;
import org.whonix2.core.artifact.PackageIdentity;
import org.whonix2.core.artifact.PackageName;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.policy.HashExemption;
import org.whonix2.core.policy.Mode;
import org.whonix2.core.policy.UpdatePolicy;
import org.whonix2.core.verdict.Evidence;
import org.whonix2.core.verdict.Grounds;
import org.whonix2.core.verdict.Reason;
import org.whonix2.core.verdict.Verdict;
import org.whonix2.core.verdict.VerdictRules;

/** Everything a gate goes by. */
public final class Tickets {
  /** The most bytes a file of tickets may have; a suite takes about 8 MiB. */
  public static final int MAX_BYTES = 64 << 20;

  private final Mode mode;
  private final Optional<BoundPolicy> policy;
  private final Instant made;
  private final SortedSet<PackageName> protect;
  private final Optional<String> refusal;
  private final SortedMap<Sha256, Ticket> tickets;

  Tickets(
      Mode mode,
      Optional<BoundPolicy> policy,
      Instant made,
      Collection<PackageName> protect,
      Optional<String> refusal,
      Collection<Ticket> tickets) {
    this.mode = mode;
    this.policy = policy;
    this.made = Seconds.of(made);
    this.protect = Collections.unmodifiableSortedSet(new TreeSet<>(protect));
    this.refusal = refusal.map(RefusalText::of);
    SortedMap<Sha256, Ticket> sorted = new TreeMap<>();
    tickets.forEach(ticket -> sorted.put(ticket.digest(), ticket));
    this.tickets = Collections.unmodifiableSortedMap(sorted);
    if (refusal.isPresent() && !tickets.isEmpty()) {
      throw new IllegalArgumentException("expected no tickets beside a refusal of everything");
    }
    if (policy.isEmpty() && refusal.isEmpty()) {
      throw new IllegalArgumentException("expected a policy, or why there is none");
    }
  }

  /**
   * Judges every artifact that the evidence names. Where policy or logs refuse everything there are
   * no tickets but the reason.
   *
   * @param bound the document that the policy was read from
   * @param evidence read under this policy
   */
  public static Tickets issue(
      UpdatePolicy policy, BoundPolicy bound, Evidence evidence, Instant now) {
    List<Ticket> accepted = new ArrayList<>();
    Grounds grounds = Grounds.of(policy, evidence, now);
    List<Reason> reasons = grounds.reasons();
    if (reasons.isEmpty()) {
      accepted.addAll(accepted(policy, evidence, grounds));
    }
    return new Tickets(
        policy.mode(),
        Optional.of(bound),
        now,
        policy.protect(),
        reasons.stream()
            .max(Comparator.comparing(reason -> reason.rule().kind()))
            .map(Reason::what),
        accepted);
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

  private static Collection<Ticket> accepted(
      UpdatePolicy policy, Evidence evidence, Grounds grounds) {
    SortedMap<Sha256, Acceptance> accepted = new TreeMap<>();
    for (BinaryArtifact artifact : judged(policy, evidence, grounds.now())) {
      Verdict verdict = VerdictRules.judge(grounds, artifact);
      if (verdict.accepted()) {
        accepted.merge(artifact.digest(), Acceptance.of(verdict), Acceptance::together);
      }
    }
    return accepted.values().stream().flatMap(one -> one.ticket.stream()).toList();
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

  /**
   * Tickets that accept nothing, where there is no policy to go by.
   *
   * @param why for people
   * @param protect what was protected before
   */
  public static Tickets refusingAll(String why, Collection<PackageName> protect, Instant now) {
    return new Tickets(Mode.ENFORCE, Optional.empty(), now, protect, Optional.of(why), List.of());
  }

  /** Reads a file; the inverse of {@link #toBytes}. */
  public static Tickets parse(byte[] file) throws MalformedInputException {
    return TicketsReader.read(file);
  }

  public byte[] toBytes() {
    StringBuilder text = new StringBuilder(TicketsReader.MAGIC).append('\n');
    text.append("mode ").append(mode).append('\n');
    policy.ifPresent(bound -> text.append("policy ").append(bound).append('\n'));
    text.append("made ").append(made.getEpochSecond()).append('\n');
    protect.forEach(name -> text.append("protect ").append(name).append('\n'));
    refusal.ifPresent(why -> text.append("refuse ").append(why).append('\n'));
    text.append('\n');
    tickets.values().forEach(ticket -> text.append(ticket).append('\n'));
    return text.toString().getBytes(StandardCharsets.US_ASCII);
  }

  public Mode mode() {
    return mode;
  }

  public Optional<BoundPolicy> policy() {
    return policy;
  }

  public Instant made() {
    return made;
  }

  public SortedSet<PackageName> protect() {
    return protect;
  }

  /** Why everything is refused, if it is. */
  public Optional<String> refusal() {
    return refusal;
  }

  public Collection<Ticket> all() {
    return tickets.values();
  }

  /** The ticket of the file with this digest. */
  public Optional<Ticket> find(Sha256 digest) {
    return Optional.ofNullable(tickets.get(digest));
  }
}
