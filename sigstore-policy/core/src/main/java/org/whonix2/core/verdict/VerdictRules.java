package org.whonix2.core.verdict;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.whonix2.core.artifact.BinaryArtifact;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.policy.Terms;
import org.whonix2.core.policy.UpdatePolicy;
import org.whonix2.core.statement.RebuildFailure;
import org.whonix2.core.verdict.Reason.Rule;

/**
 * The verdict rules about one file, one method each. Those about the votes that count together are
 * {@link Ballot}'s, those about other hash classes {@link Counterparts}', those about every file
 * {@link Grounds}. What everybody said of the file is its {@link Tally}.
 */
public final class VerdictRules {
  private final UpdatePolicy policy;
  private final Evidence evidence;
  private final BinaryArtifact artifact;
  private final Instant now;

  private final Tally tally;
  private final Counterparts counterparts;

  private final List<Verdict.Uncounted> uncounted = new ArrayList<>();
  private final List<Reason> reasons = new ArrayList<>();
  private Instant until;

  private VerdictRules(Grounds grounds, BinaryArtifact artifact) {
    this.policy = grounds.policy();
    this.evidence = grounds.evidence();
    this.artifact = artifact;
    this.now = grounds.now();
    this.tally = Tally.of(grounds, artifact);
    this.counterparts = new Counterparts(grounds, artifact);
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
    uncounted.addAll(tally.uncounted());
    List<Ballot> ballots = ballots();
    Ballot nearest = ballots.get(0);
    Optional<Instant> exempted =
        nearest.reasons().isEmpty() ? Optional.empty() : exemptionReplacesTheQuorum();
    List<Veto> vetoes = new ArrayList<>();
    if (exempted.isPresent()) {
      endsBy(exempted.get());
      vetoes.addAll(vetoesOnExemptedFiles(ballots));
    } else {
      reasons.addAll(nearest.reasons());
      nearest.until().ifPresent(this::endsBy);
      vetoes.addAll(nearest.vetoes());
      nearest.also().forEach(other -> vetoes.addAll(other.vetoes()));
    }
    setAsideOtherBallots(nearest);
    uncounted.addAll(tally.otherBits());
    listFailures();
    equivocationIsMisbehaviour(missed(nearest, exempted.isPresent()));
    return new Verdict(
        artifact,
        nearest.terms(),
        exempted.isPresent(),
        nearest.votes(),
        nearest.also(),
        uncounted,
        vetoes,
        reasons,
        until);
  }

  private void endsBy(Instant end) {
    until = end.isBefore(until) ? end : until;
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

  /** The votes that count together, those first that come nearest to an acceptance. */
  private List<Ballot> ballots() {
    record Together(String hashClass, Terms terms, Optional<Sha256> source) {}
    Map<Together, List<LoggedRebuild>> together = new HashMap<>();
    for (LoggedRebuild vote : tally.votes()) {
      for (Terms terms : terms(vote)) {
        Optional<Sha256> source =
            terms.demands().also().isEmpty()
                ? Optional.empty()
                : Optional.of(vote.rebuild().source().digest());
        together
            .computeIfAbsent(
                new Together(Ballot.hashClass(vote), terms, source), key -> new ArrayList<>())
            .add(vote);
      }
    }
    List<Ballot> ballots = new ArrayList<>();
    together.forEach(
        (key, some) ->
            ballots.add(
                new Ballot(
                    key.terms,
                    some,
                    tally.vetoes(key.hashClass, key.source),
                    key.source
                        .map(source -> counterparts.of(key.terms.demands(), key.hashClass, source))
                        .orElse(List.of()),
                    now)));
    if (ballots.isEmpty()) {
      Terms own = new Terms(policy.demands(), Optional.empty(), Optional.empty());
      ballots.add(new Ballot(own, List.of(), Vetoes.NONE, List.of(), now));
    }
    ballots.sort(Ballot.NEAREST);
    return ballots;
  }

  private List<Terms> terms(LoggedRebuild vote) {
    return policy.terms(
        artifact.identity().name(), vote.rebuild().suite(), Ballot.hashClass(vote), now);
  }

  /** They refuse by the strictest limit of all votes, as no quorum chose one. */
  private List<Veto> vetoesOnExemptedFiles(List<Ballot> ballots) {
    int enough =
        ballots.stream()
            .mapToInt(ballot -> ballot.terms().demands().vetoOperators())
            .reduce(policy.demands().vetoOperators(), Math::min);
    Vetoes vetoes = tally.vetoes();
    vetoes.until().ifPresent(this::endsBy);
    vetoes.refuse(enough).ifPresent(reasons::add);
    return vetoes.standing();
  }

  private void setAsideOtherBallots(Ballot ballot) {
    Set<Sha256> together =
        ballot.votes().stream().map(LoggedRebuild::payload).collect(Collectors.toSet());
    for (LoggedRebuild vote : tally.votes()) {
      if (!together.contains(vote.payload())) {
        doesNotCount(
            vote,
            "it does not count together with the others: it is of "
                + Ballot.hashClass(vote)
                + " in "
                + vote.rebuild().suite()
                + (ballot.also().isEmpty()
                    ? ""
                    : " from source " + vote.rebuild().source().digest())
                + ", under "
                + terms(vote).get(0));
      }
    }
  }

  private void doesNotCount(LoggedRebuild logged, String why) {
    uncounted.add(new Verdict.Uncounted(logged, why));
  }

  private void listFailures() {
    tally.votes().stream()
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

  /** The votes that keys set aside would have given, here or where the policy asks as well. */
  private Set<String> missed(Ballot nearest, boolean exempted) {
    return Stream.concat(
            tally.votesSetAside().stream(),
            nearest.also().stream()
                .filter(other -> !exempted && !other.met())
                .flatMap(other -> other.votesSetAside().stream()))
        .map(logged -> logged.rebuilder().name())
        .collect(Collectors.toSet());
  }

  /** A key set aside never refuses by itself; where its vote is missed, the proof is the reason. */
  private void equivocationIsMisbehaviour(Set<String> missed) {
    if (reasons.isEmpty() || missed.isEmpty()) {
      return;
    }
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
