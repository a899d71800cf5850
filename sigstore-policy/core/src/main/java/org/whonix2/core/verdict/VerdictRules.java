package org.whonix2.core.verdict;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.whonix2.core.artifact.BinaryArtifact;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.openpgp.Fingerprint;
import org.whonix2.core.policy.Terms;
import org.whonix2.core.policy.UpdatePolicy;
import org.whonix2.core.statement.RebuildFailure;
import org.whonix2.core.statement.RebuildId;
import org.whonix2.core.verdict.Reason.Rule;

/**
 * The verdict rules about one file, one method each. Those about the votes that count together are
 * {@link Ballot}'s, those about every file are {@link Grounds}.
 */
public final class VerdictRules {
  private final UpdatePolicy policy;
  private final Evidence evidence;
  private final BinaryArtifact artifact;
  private final Instant now;

  private final List<LoggedRebuild> votes = new ArrayList<>();
  private final List<Verdict.Uncounted> uncounted = new ArrayList<>();
  private final List<LoggedRebuild> otherBits = new ArrayList<>();
  private final List<Reason> reasons = new ArrayList<>();
  private Instant until;

  private VerdictRules(Grounds grounds, BinaryArtifact artifact) {
    this.policy = grounds.policy();
    this.evidence = grounds.evidence();
    this.artifact = artifact;
    this.now = grounds.now();
    this.until = grounds.until();
    reasons.addAll(grounds.reasons());
  }

  /**
   * Judges one file.
   *
   * @param evidence read under this policy
   * @param artifact digest, size and inner identity of the file's own bytes
   * @param now one instant for a whole run
   */
  public static Verdict judge(
      UpdatePolicy policy, Evidence evidence, BinaryArtifact artifact, Instant now) {
    return judge(Grounds.of(policy, evidence, now), artifact);
  }

  /** Judges one file of many: what is said of all of them has been found out before. */
  public static Verdict judge(Grounds grounds, BinaryArtifact artifact) {
    return new VerdictRules(grounds, artifact).judge();
  }

  private Verdict judge() {
    countVotes();
    Optional<Instant> exempted = exemptionReplacesTheQuorum();
    List<LoggedRebuild> vetoes = vetoes();
    Ballot ballot = nearest(exempted.isPresent(), vetoes);
    reasons.addAll(ballot.reasons());
    exempted.ifPresent(this::endsBy);
    ballot.terms().until().ifPresent(this::endsBy);
    setAsideOtherBallots(ballot);
    listFailures();
    equivocationIsMisbehaviour();
    return new Verdict(
        artifact, ballot.terms(), exempted.isPresent(), ballot.votes(), uncounted, reasons, until);
  }

  private void endsBy(Instant end) {
    until = end.isBefore(until) ? end : until;
  }

  /** A vote: this very file, under this very identity, by a key in good standing. */
  private void countVotes() {
    for (LoggedRebuild logged : evidence.concerning(artifact)) {
      Optional<Claim> claim = claim(logged);
      if (claim.isEmpty()) {
        continue;
      }
      Optional<String> setAside = whySetAside(logged);
      if (setAside.isPresent()) {
        uncounted.add(new Verdict.Uncounted(logged, setAside.get()));
      } else if (claim.get().isVote) {
        Optional<String> unsourced = sourceMustBeSignedByAnUploader(logged);
        unsourced.ifPresentOrElse(
            why -> uncounted.add(new Verdict.Uncounted(logged, why)), () -> votes.add(logged));
      } else {
        uncounted.add(new Verdict.Uncounted(logged, claim.get().text));
        if (claim.get().isOtherBits) {
          otherBits.add(logged);
        }
      }
    }
  }

  /** What an attestation says that bears on the file. */
  private record Claim(boolean isVote, boolean isOtherBits, String text) {}

  private Optional<Claim> claim(LoggedRebuild logged) {
    Optional<Claim> claim = Optional.empty();
    for (BinaryArtifact attested : logged.statement().artifacts()) {
      boolean sameBits = attested.digest().equals(artifact.digest());
      boolean sameName = attested.identity().equals(artifact.identity());
      if (attested.equals(artifact)) {
        return Optional.of(new Claim(true, false, "it is this file"));
      }
      if (sameName && sameBits) {
        claim = Optional.of(new Claim(false, false, "it gives the size as " + attested.size()));
      } else if (sameName) {
        claim = Optional.of(new Claim(false, true, "it has other bits: " + attested.digest()));
      } else if (sameBits && claim.isEmpty()) {
        claim = Optional.of(new Claim(false, false, "it has these bits as " + attested.identity()));
      }
    }
    return claim;
  }

  private Optional<String> whySetAside(LoggedRebuild logged) {
    if (evidence.isSetAside(logged)) {
      return Optional.of("its key signed two different statements where it may sign one");
    }
    return logged.rebuilder().contradiction(logged.rebuild());
  }

  /** Whoever stole the archive's key must not bring a source of his own. */
  private Optional<String> sourceMustBeSignedByAnUploader(LoggedRebuild logged) {
    if (policy.source().isEmpty()) {
      return Optional.empty();
    }
    Optional<Fingerprint> signer = logged.rebuild().sourceSigner();
    if (signer.isEmpty()) {
      return Optional.of("it does not say who signed the source, and the policy asks for it");
    }
    return policy.source().get().keyring().contains(signer.get())
        ? Optional.empty()
        : Optional.of(
            "its source is signed by " + signer.get() + ", who is not in the policy's keyring");
  }

  /** When the exemption of this file ends, if the owner or enough reviewers exempt it. */
  private Optional<Instant> exemptionReplacesTheQuorum() {
    Optional<Instant> own =
        policy.exemptions().stream()
            .filter(exemption -> exemption.artifact().equals(artifact.digest()))
            .filter(exemption -> exemption.identity().equals(artifact.identity()))
            .map(exemption -> exemption.until())
            .filter(now::isBefore)
            .findFirst();
    Optional<Instant> reviewed =
        Endorsement.level(evidence.exemptions(artifact), policy.reviewers(), now);
    return own.isPresent() && reviewed.isPresent()
        ? Optional.of(own.get().isAfter(reviewed.get()) ? own.get() : reviewed.get())
        : own.or(() -> reviewed);
  }

  /**
   * Other bits from the same rebuild in the environment of a vote, unless reviewers overrode that
   * statement for this file, or what would support it could not be fetched.
   */
  private List<LoggedRebuild> vetoes() {
    Set<Circumstances> comparable =
        votes.stream().map(Circumstances::of).collect(Collectors.toSet());
    List<LoggedRebuild> vetoes = new ArrayList<>();
    for (LoggedRebuild other : otherBits) {
      if (!comparable.contains(Circumstances.of(other)) || !evidence.isSupported(other)) {
        continue;
      }
      Optional<Instant> overridden =
          Endorsement.level(evidence.overrides(artifact.digest(), other), policy.reviewers(), now);
      overridden.ifPresentOrElse(this::endsBy, () -> vetoes.add(other));
    }
    return vetoes;
  }

  private record Circumstances(RebuildId id, Sha256 environment) {
    static Circumstances of(LoggedRebuild logged) {
      return new Circumstances(logged.statement().rebuildId(), logged.rebuild().environment());
    }
  }

  /** The votes that count together and come nearest to an acceptance. */
  private Ballot nearest(boolean exempted, List<LoggedRebuild> vetoes) {
    record Together(String hashClass, Terms terms) {}
    return votes.stream()
        .collect(Collectors.groupingBy(vote -> new Together(Ballot.hashClass(vote), terms(vote))))
        .entrySet()
        .stream()
        .map(entry -> new Ballot(entry.getKey().terms, entry.getValue(), vetoes, exempted, now))
        .min(Ballot.NEAREST)
        .orElseGet(() -> new Ballot(termsWithoutVotes(), List.of(), vetoes, exempted, now));
  }

  private Terms terms(LoggedRebuild vote) {
    return policy.terms(
        artifact.identity().name(), vote.rebuild().suite(), Ballot.hashClass(vote), now);
  }

  /** No vote tells suite or hash class: only rules that ask for neither can match. */
  private Terms termsWithoutVotes() {
    return policy.terms(artifact.identity().name(), "", "", now);
  }

  private void setAsideOtherBallots(Ballot ballot) {
    for (LoggedRebuild vote : votes) {
      if (!ballot.votes().contains(vote)) {
        uncounted.add(
            new Verdict.Uncounted(
                vote,
                "it does not count together with the others: it is of "
                    + Ballot.hashClass(vote)
                    + " in "
                    + vote.rebuild().suite()
                    + ", under "
                    + terms(vote)));
      }
    }
  }

  private void listFailures() {
    votes.stream()
        .map(vote -> vote.statement().rebuildId())
        .distinct()
        .flatMap(id -> evidence.failures(id).stream())
        .forEach(
            failed -> {
              if (failed.statement() instanceof RebuildFailure failure) {
                uncounted.add(
                    new Verdict.Uncounted(failed, "its rebuild failed: " + failure.reason()));
              }
            });
  }

  /** A key set aside never refuses by itself; where its vote is missed, the proof is the reason. */
  private void equivocationIsMisbehaviour() {
    List<String> proofs =
        uncounted.stream()
            .filter(other -> evidence.isSetAside(other.statement()))
            .map(other -> other.statement().rebuilder().name())
            .distinct()
            .toList();
    if (!reasons.isEmpty() && !proofs.isEmpty()) {
      reasons.add(
          new Reason(
              Rule.EQUIVOCATION,
              evidence.equivocations().stream()
                  .filter(proof -> proofs.contains(proof.rebuilder()))
                  .map(Evidence.Equivocation::toString)
                  .collect(Collectors.joining("; ")),
              "show the two statements to the rebuilder's operator; its key counts nothing any"
                  + " more"));
    }
  }
}
