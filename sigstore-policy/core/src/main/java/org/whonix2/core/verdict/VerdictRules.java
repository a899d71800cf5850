package org.whonix2.core.verdict;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
  private final List<LoggedRebuild> votesSetAside = new ArrayList<>();
  private final Map<Circumstances, List<OtherBits>> otherBits = new LinkedHashMap<>();

  /** Whoever says that this file came out, whether it counts or not: others can contradict it. */
  private final List<LoggedRebuild> contradictable = new ArrayList<>();

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
    List<Ballot> ballots = ballots();
    Ballot nearest = ballots.get(0);
    Optional<Instant> exempted =
        nearest.reasons().isEmpty() ? Optional.empty() : exemptionReplacesTheQuorum();
    if (exempted.isPresent()) {
      endsBy(exempted.get());
      vetoRefusesExemptedFiles(ballots);
    } else {
      reasons.addAll(nearest.reasons());
      nearest.until().ifPresent(this::endsBy);
    }
    setAsideOtherBallots(nearest);
    listOtherBits();
    listFailures();
    equivocationIsMisbehaviour();
    return new Verdict(
        artifact,
        nearest.terms(),
        exempted.isPresent(),
        nearest.votes(),
        uncounted,
        reasons,
        until);
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
      Claim said = claim.get();
      Optional<String> contradiction = logged.rebuilder().contradiction(logged.rebuild());
      if (contradiction.isPresent()) {
        doesNotCount(logged, contradiction.get());
      } else if (said.otherBits.isPresent()) {
        // Also of one set aside: to say two things must not take a veto away.
        otherBits
            .computeIfAbsent(Circumstances.of(logged), key -> new ArrayList<>())
            .add(new OtherBits(logged, said.otherBits.get()));
      } else if (evidence.isSetAside(logged)) {
        doesNotCount(logged, "its key signed two different statements where it may sign one");
        if (said.isVote) {
          votesSetAside.add(logged);
        }
        contradictable.add(logged);
      } else if (said.isVote) {
        sourceMustBeSignedByAnUploader(logged)
            .ifPresentOrElse(
                why -> {
                  doesNotCount(logged, why);
                  contradictable.add(logged);
                },
                () -> votes.add(logged.loggedBy(evidence.since(logged, artifact))));
      } else {
        doesNotCount(logged, said.text);
        if (said.isSameFile) {
          contradictable.add(logged);
        }
      }
    }
    contradictable.addAll(votes);
  }

  /** Other bits under the file's name. */
  private record OtherBits(LoggedRebuild logged, Sha256 bits) {}

  private void doesNotCount(LoggedRebuild logged, String why) {
    uncounted.add(new Verdict.Uncounted(logged, why));
  }

  /**
   * What an attestation says that bears on the file.
   *
   * @param isSameFile these bits under this name, whatever it says of their size
   * @param otherBits what came out instead under the file's name
   */
  private record Claim(
      boolean isVote, boolean isSameFile, Optional<Sha256> otherBits, String text) {
    static Claim vote() {
      return new Claim(true, true, Optional.empty(), "it is this file");
    }

    static Claim none(String text) {
      return new Claim(false, false, Optional.empty(), text);
    }
  }

  private Optional<Claim> claim(LoggedRebuild logged) {
    Optional<Claim> claim = Optional.empty();
    for (BinaryArtifact attested : logged.statement().artifacts()) {
      boolean sameBits = attested.digest().equals(artifact.digest());
      boolean sameName = attested.identity().equals(artifact.identity());
      if (attested.equals(artifact)) {
        return Optional.of(Claim.vote());
      }
      if (sameName && sameBits) {
        String size = "it gives the size as " + attested.size();
        claim = Optional.of(new Claim(false, true, Optional.empty(), size));
      } else if (sameName) {
        claim = Optional.of(new Claim(false, false, Optional.of(attested.digest()), "other bits"));
      } else if (sameBits && claim.isEmpty()) {
        claim = Optional.of(Claim.none("it has these bits as " + attested.identity()));
      }
    }
    return claim;
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
   * Other bits from the same rebuild in the environment of one of these, unless reviewers overrode
   * them for this file, or what would support them could not be fetched.
   */
  private Ballot.Vetoes vetoes(Collection<LoggedRebuild> contradicted) {
    List<LoggedRebuild> standing = new ArrayList<>();
    List<Instant> ends = new ArrayList<>();
    contradicted.stream()
        .map(Circumstances::of)
        .distinct()
        .flatMap(same -> otherBits.getOrDefault(same, List.of()).stream())
        .filter(other -> evidence.isSupported(other.logged))
        .forEach(
            other ->
                overridden(other).ifPresentOrElse(ends::add, () -> standing.add(other.logged)));
    return new Ballot.Vetoes(standing, ends.stream().min(Comparator.naturalOrder()));
  }

  /** Until when enough reviewers override what this one says, if they do. */
  private Optional<Instant> overridden(OtherBits other) {
    Fingerprint rebuilder = other.logged.rebuild().rebuilder();
    return Endorsement.level(
        evidence.overrides(artifact.digest(), rebuilder, other.bits), policy.reviewers(), now);
  }

  private record Circumstances(RebuildId id, Sha256 environment) {
    static Circumstances of(LoggedRebuild logged) {
      return new Circumstances(logged.statement().rebuildId(), logged.rebuild().environment());
    }
  }

  /** The votes that count together, those first that come nearest to an acceptance. */
  private List<Ballot> ballots() {
    record Together(String hashClass, Terms terms) {}
    Map<Together, List<LoggedRebuild>> together = new HashMap<>();
    for (LoggedRebuild vote : votes) {
      for (Terms terms : terms(vote)) {
        together
            .computeIfAbsent(new Together(Ballot.hashClass(vote), terms), key -> new ArrayList<>())
            .add(vote);
      }
    }
    Map<String, List<LoggedRebuild>> byHashClass =
        contradictable.stream().collect(Collectors.groupingBy(Ballot::hashClass));
    List<Ballot> ballots = new ArrayList<>();
    together.forEach(
        (key, some) ->
            ballots.add(
                new Ballot(
                    key.terms,
                    some,
                    vetoes(byHashClass.getOrDefault(key.hashClass, List.of())),
                    now)));
    if (ballots.isEmpty()) {
      Terms own = new Terms(policy.demands(), Optional.empty(), Optional.empty());
      ballots.add(new Ballot(own, List.of(), Ballot.Vetoes.NONE, now));
    }
    ballots.sort(Ballot.NEAREST);
    return ballots;
  }

  private List<Terms> terms(LoggedRebuild vote) {
    return policy.terms(
        artifact.identity().name(), vote.rebuild().suite(), Ballot.hashClass(vote), now);
  }

  /** By the strictest limit of all votes, as no quorum chose one. */
  private void vetoRefusesExemptedFiles(List<Ballot> ballots) {
    int enough =
        ballots.stream()
            .mapToInt(ballot -> ballot.terms().demands().vetoOperators())
            .reduce(policy.demands().vetoOperators(), Math::min);
    Ballot.Vetoes vetoes = vetoes(contradictable);
    vetoes.overridden().ifPresent(this::endsBy);
    Ballot.vetoWinsOverAnyQuorum(vetoes.standing(), enough).ifPresent(reasons::add);
  }

  private void setAsideOtherBallots(Ballot ballot) {
    Set<Sha256> together =
        ballot.votes().stream().map(LoggedRebuild::payload).collect(Collectors.toSet());
    for (LoggedRebuild vote : votes) {
      if (!together.contains(vote.payload())) {
        doesNotCount(
            vote,
            "it does not count together with the others: it is of "
                + Ballot.hashClass(vote)
                + " in "
                + vote.rebuild().suite()
                + ", under "
                + terms(vote).get(0));
      }
    }
  }

  /** Vetoes, and what looks like one. */
  private void listOtherBits() {
    Set<Circumstances> comparable =
        contradictable.stream().map(Circumstances::of).collect(Collectors.toSet());
    otherBits.forEach(
        (circumstances, others) ->
            others.forEach(other -> listOtherBits(other, comparable.contains(circumstances))));
  }

  private void listOtherBits(OtherBits other, boolean comparable) {
    String kind;
    if (!comparable) {
      kind = "inconclusive, as no vote is from the same source and environment";
    } else if (!evidence.isSupported(other.logged)) {
      kind = "no veto, as its log, .buildinfo or bits cannot be fetched";
    } else {
      kind =
          overridden(other)
              .map(end -> "a veto that reviewers override until " + end)
              .orElse("a veto");
    }
    doesNotCount(other.logged, "it has other bits, " + other.bits + ": " + kind);
  }

  private void listFailures() {
    votes.stream()
        .map(vote -> vote.statement().rebuildId())
        .distinct()
        .flatMap(id -> evidence.failures(id).stream())
        .forEach(
            failed -> {
              if (failed.statement() instanceof RebuildFailure failure) {
                doesNotCount(failed, "its rebuild failed: " + failure.reason());
              }
            });
  }

  /** A key set aside never refuses by itself; where its vote is missed, the proof is the reason. */
  private void equivocationIsMisbehaviour() {
    if (reasons.isEmpty() || votesSetAside.isEmpty()) {
      return;
    }
    Set<String> missed =
        votesSetAside.stream().map(logged -> logged.rebuilder().name()).collect(Collectors.toSet());
    reasons.add(
        new Reason(
            Rule.EQUIVOCATION,
            evidence.equivocations().stream()
                .filter(proof -> missed.contains(proof.rebuilder()))
                .map(Evidence.Equivocation::toString)
                .collect(Collectors.joining("; ")),
            "show the two statements to the rebuilder's operator; its votes count no more"));
  }
}
