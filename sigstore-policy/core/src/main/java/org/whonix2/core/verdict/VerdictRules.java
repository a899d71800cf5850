package org.whonix2.core.verdict;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.whonix2.core.artifact.BinaryArtifact;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.policy.Dimension;
import org.whonix2.core.policy.Quorum;
import org.whonix2.core.policy.Rebuilder;
import org.whonix2.core.policy.UpdatePolicy;
import org.whonix2.core.statement.RebuildAttestation;
import org.whonix2.core.statement.RebuildId;
import org.whonix2.core.verdict.Reason.Rule;

/**
 * The verdict rules about one file, one method each; those about every file are {@link Grounds}.
 */
public final class VerdictRules {
  private final UpdatePolicy policy;
  private final Evidence evidence;
  private final BinaryArtifact artifact;
  private final Instant now;

  private final List<LoggedAttestation> votes = new ArrayList<>();
  private final List<Verdict.Uncounted> uncounted = new ArrayList<>();
  private final List<LoggedAttestation> otherBits = new ArrayList<>();
  private final List<Reason> reasons = new ArrayList<>();

  private VerdictRules(
      UpdatePolicy policy, Evidence evidence, BinaryArtifact artifact, Instant now) {
    this.policy = policy;
    this.evidence = evidence;
    this.artifact = artifact;
    this.now = now;
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
    return new VerdictRules(policy, evidence, artifact, now).judge();
  }

  private Verdict judge() {
    Grounds grounds = Grounds.of(policy, evidence, now);
    reasons.addAll(grounds.reasons());
    countVotes();
    operatorsMustReachTheThreshold();
    votesMustDiffer();
    vetoWinsOverAnyQuorum();
    equivocationIsMisbehaviour();
    return new Verdict(artifact, votes, uncounted, reasons, grounds.until());
  }

  /** A vote: this very file, under this very identity, by a key in good standing. */
  private void countVotes() {
    for (LoggedAttestation logged : evidence.concerning(artifact)) {
      Optional<Claim> claim = claim(logged.attestation());
      if (claim.isEmpty()) {
        continue;
      }
      Optional<String> setAside = whySetAside(logged);
      if (setAside.isPresent()) {
        uncounted.add(new Verdict.Uncounted(logged, setAside.get()));
      } else if (claim.get().isVote) {
        votes.add(logged);
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

  private Optional<Claim> claim(RebuildAttestation attestation) {
    Optional<Claim> claim = Optional.empty();
    for (BinaryArtifact attested : attestation.artifacts()) {
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

  private Optional<String> whySetAside(LoggedAttestation logged) {
    if (evidence.isSetAside(logged)) {
      return Optional.of("its key signed two different statements with one sequence number");
    }
    return logged.rebuilder().contradiction(logged.attestation());
  }

  private void operatorsMustReachTheThreshold() {
    Set<String> voters = operators(votes);
    int threshold = policy.quorum().threshold();
    if (voters.size() >= threshold) {
      return;
    }
    Set<String> others =
        policy.rebuilders().stream()
            .map(Rebuilder::operator)
            .filter(operator -> !voters.contains(operator))
            .collect(Collectors.toCollection(TreeSet::new));
    int missing = threshold - voters.size();
    refuse(
        Rule.QUORUM,
        voters.size()
            + " of "
            + threshold
            + " operators vote for this SHA-256"
            + (voters.isEmpty() ? "" : ": " + String.join(", ", voters)),
        others.size() < missing
            ? "the policy names too few other operators for its own threshold"
            : "votes of " + missing + " of these would be needed: " + String.join(", ", others));
  }

  private void votesMustDiffer() {
    Quorum quorum = policy.quorum();
    for (Map.Entry<Dimension, Integer> demand : quorum.distinct().entrySet()) {
      int found = DistinctValues.count(demand.getKey(), votes);
      if (found < demand.getValue()) {
        refuse(
            Rule.DISTINCT,
            "the votes cover "
                + found
                + " of "
                + demand.getValue()
                + " different values of "
                + demand.getKey().key(),
            "votes from operators that differ in " + demand.getKey().key() + " would be needed");
      }
    }
  }

  /** Other bits from the same rebuild in the environment of a vote. */
  private void vetoWinsOverAnyQuorum() {
    Set<Rebuild> comparable = votes.stream().map(Rebuild::of).collect(Collectors.toSet());
    List<LoggedAttestation> vetoes =
        otherBits.stream().filter(other -> comparable.contains(Rebuild.of(other))).toList();
    Set<String> against = operators(vetoes);
    if (against.size() >= policy.vetoOperators()) {
      refuse(
          Rule.VETO,
          against.size()
              + " operators got other bits from the same source in the same environment: "
              + vetoes.stream()
                  .map(veto -> veto.rebuilder().name() + " (" + veto.place() + ")")
                  .collect(Collectors.joining(", ")),
          "find out whose bits are wrong; a newer attestation by the same rebuilder replaces its"
              + " older one");
    }
  }

  /** A key set aside never refuses by itself; where its vote is missed, the proof is the reason. */
  private void equivocationIsMisbehaviour() {
    List<String> proofs =
        uncounted.stream()
            .filter(other -> evidence.isSetAside(other.attestation()))
            .map(other -> other.attestation().rebuilder().name())
            .distinct()
            .toList();
    if (!reasons.isEmpty() && !proofs.isEmpty()) {
      refuse(
          Rule.EQUIVOCATION,
          evidence.equivocations().stream()
              .filter(proof -> proofs.contains(proof.rebuilder()))
              .map(Evidence.Equivocation::toString)
              .collect(Collectors.joining("; ")),
          "show the two statements to the rebuilder's operator; its key counts nothing any more");
    }
  }

  private record Rebuild(RebuildId id, Sha256 environment) {
    static Rebuild of(LoggedAttestation logged) {
      return new Rebuild(logged.attestation().rebuildId(), logged.attestation().environment());
    }
  }

  private static Set<String> operators(List<LoggedAttestation> attestations) {
    return attestations.stream()
        .map(logged -> logged.rebuilder().operator())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private void refuse(Rule rule, String what, String remedy) {
    reasons.add(new Reason(rule, what, remedy));
  }
}
