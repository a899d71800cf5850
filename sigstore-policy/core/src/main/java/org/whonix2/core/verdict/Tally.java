package org.whonix2.core.verdict;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.whonix2.core.artifact.BinaryArtifact;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.openpgp.Fingerprint;
import org.whonix2.core.policy.UpdatePolicy;
import org.whonix2.core.statement.RebuildId;

/**
 * What everybody said of one artifact: votes, what contradicts them, and what counts nothing. The
 * hash classes and suites of all of them are mixed: which votes count together is asked later.
 */
final class Tally {
  private static final Comparator<Veto> LOGGED_FIRST =
      Comparator.<Veto, String>comparing(veto -> veto.statement().log())
          .thenComparing(veto -> veto.statement().index());

  private final UpdatePolicy policy;
  private final Evidence evidence;
  private final BinaryArtifact artifact;
  private final List<LoggedRebuild> said;
  private final boolean anyVersion;
  private final Instant now;

  private final List<LoggedRebuild> votes = new ArrayList<>();
  private final List<Verdict.Uncounted> uncounted = new ArrayList<>();
  private final List<LoggedRebuild> votesSetAside = new ArrayList<>();
  private final Map<Circumstances, List<Veto>> otherBits = new LinkedHashMap<>();

  /** Whoever says that this came out, whether it counts or not: others can contradict it. */
  private final List<LoggedRebuild> contradictable = new ArrayList<>();

  /** By hash class and by source: a rebuilder can name as many of both as it likes. */
  private final Map<Contradicted, Set<Circumstances>> contradicted = new HashMap<>();

  private final Map<Contradicted, Vetoes> vetoes = new HashMap<>();

  private Tally(
      Grounds grounds, BinaryArtifact artifact, List<LoggedRebuild> said, boolean anyVersion) {
    this.policy = grounds.policy();
    this.evidence = grounds.evidence();
    this.artifact = artifact;
    this.said = said;
    this.anyVersion = anyVersion;
    this.now = grounds.now();
    countVotes();
  }

  /** What everybody said of it. */
  static Tally of(Grounds grounds, BinaryArtifact artifact) {
    return of(grounds, artifact, grounds.evidence().concerning(artifact));
  }

  /** What these said of it. */
  static Tally of(Grounds grounds, BinaryArtifact artifact, List<LoggedRebuild> said) {
    return new Tally(grounds, artifact, said, false);
  }

  /**
   * What these said of it, whose version nobody asks for: then other bits contradict it under any
   * version, or whoever names it chose one under which nobody does.
   */
  static Tally ofAnyVersion(Grounds grounds, BinaryArtifact artifact, List<LoggedRebuild> said) {
    return new Tally(grounds, artifact, said, true);
  }

  BinaryArtifact artifact() {
    return artifact;
  }

  /** What was looked through. */
  List<LoggedRebuild> said() {
    return said;
  }

  /** Statements that count as votes for it. */
  List<LoggedRebuild> votes() {
    return votes;
  }

  /** What would be votes, had their keys not signed two things. */
  List<LoggedRebuild> votesSetAside() {
    return votesSetAside;
  }

  /** What names it and is neither a vote nor other bits, with the reason for each. */
  List<Verdict.Uncounted> uncounted() {
    return uncounted;
  }

  /** A vote: this very file, under this very identity, by a key in good standing. */
  private void countVotes() {
    for (LoggedRebuild logged : said) {
      Optional<Claim> claim = claim(logged);
      if (claim.isEmpty()) {
        continue;
      }
      Claim claimed = claim.get();
      Optional<String> contradiction = logged.rebuilder().contradiction(logged.rebuild());
      if (contradiction.isPresent()) {
        doesNotCount(logged, contradiction.get());
      } else if (claimed.otherBits.isPresent()) {
        // Also of one set aside: to say two things must not take a veto away.
        otherBits
            .computeIfAbsent(Circumstances.of(logged), key -> new ArrayList<>())
            .add(new Veto(logged, artifact, claimed.otherBits.get()));
      } else if (evidence.isSetAside(logged)) {
        doesNotCount(logged, "its key signed two different statements where it may sign one");
        if (claimed.isVote) {
          votesSetAside.add(logged);
        }
        contradictable.add(logged);
      } else if (claimed.isVote) {
        sourceMustBeSignedByAnUploader(policy, logged)
            .ifPresentOrElse(
                why -> {
                  doesNotCount(logged, why);
                  contradictable.add(logged);
                },
                () -> votes.add(logged.loggedBy(evidence.since(logged, artifact))));
      } else {
        doesNotCount(logged, claimed.text);
        if (claimed.isSameFile) {
          contradictable.add(logged);
        }
      }
    }
    contradictable.addAll(votes);
    for (LoggedRebuild logged : contradictable) {
      Optional<Sha256> source = Optional.of(logged.rebuild().source().digest());
      for (Optional<Sha256> of : List.of(source, Optional.<Sha256>empty())) {
        contradicted
            .computeIfAbsent(
                new Contradicted(Ballot.hashClass(logged), of), key -> new LinkedHashSet<>())
            .add(Circumstances.of(logged));
      }
    }
  }

  /**
   * Who can be contradicted together.
   *
   * @param source empty for those of all sources
   */
  private record Contradicted(String hashClass, Optional<Sha256> source) {}

  private void doesNotCount(LoggedRebuild logged, String why) {
    uncounted.add(new Verdict.Uncounted(logged, why));
  }

  /**
   * What an attestation says that bears on the artifact.
   *
   * @param isSameFile these bits under this name, whatever it says of their size
   * @param otherBits what came out instead under the artifact's name
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
      } else if (!sameBits
          && (sameName
              || (anyVersion && attested.identity().isOfSamePackage(artifact.identity())))) {
        claim = Optional.of(new Claim(false, false, Optional.of(attested.digest()), "other bits"));
      } else if (sameBits && claim.isEmpty()) {
        claim = Optional.of(Claim.none("it has these bits as " + attested.identity()));
      }
    }
    return claim;
  }

  /** Whether a vote by this statement would count, whatever it is for. */
  static boolean counts(Grounds grounds, LoggedRebuild logged) {
    return logged.rebuilder().contradiction(logged.rebuild()).isEmpty()
        && !grounds.evidence().isSetAside(logged)
        && sourceMustBeSignedByAnUploader(grounds.policy(), logged).isEmpty();
  }

  /** Whoever stole the archive's key must not bring a source of his own. */
  private static Optional<String> sourceMustBeSignedByAnUploader(
      UpdatePolicy policy, LoggedRebuild logged) {
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

  /**
   * What contradicts those of this hash class who say that it came out.
   *
   * @param source of which they say so; empty for any
   */
  Vetoes vetoes(String hashClass, Optional<Sha256> source) {
    return vetoes.computeIfAbsent(
        new Contradicted(hashClass, source),
        those -> vetoesAgainst(contradicted.getOrDefault(those, Set.of())));
  }

  /** What contradicts anybody who says that it came out. */
  Vetoes vetoes() {
    return vetoesAgainst(comparable());
  }

  private Set<Circumstances> comparable() {
    return contradictable.stream()
        .map(Circumstances::of)
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  /**
   * Other bits from the same rebuild in the environment of one of these, unless reviewers overrode
   * them for this artifact, or their evidence is nowhere to be had.
   */
  private Vetoes vetoesAgainst(Set<Circumstances> those) {
    List<Veto> standing = new ArrayList<>();
    List<Instant> ends = new ArrayList<>();
    those.stream()
        .flatMap(same -> otherBits.getOrDefault(same, List.of()).stream())
        .forEach(other -> isVoid(other).ifPresentOrElse(ends::add, () -> standing.add(other)));
    return new Vetoes(firstOfEach(standing), ends.stream().min(Comparator.naturalOrder()));
  }

  /** Under one number a key can say any number of things, each of which would be a veto. */
  private static List<Veto> firstOfEach(List<Veto> standing) {
    Map<Fingerprint, Integer> counts = new HashMap<>();
    return standing.stream()
        .sorted(LOGGED_FIRST)
        .filter(
            veto ->
                counts.merge(veto.statement().rebuild().rebuilder(), 1, Integer::sum)
                    <= Vetoes.MOST_BY_ONE)
        .toList();
  }

  /** Until when this one does not stand, if it does not. */
  private Optional<Instant> isVoid(Veto other) {
    return Stream.of(overridden(other), evidence.unsupported(other, now))
        .flatMap(Optional::stream)
        .max(Comparator.naturalOrder());
  }

  /** Until when enough reviewers override what this one says, if they do. */
  private Optional<Instant> overridden(Veto other) {
    Fingerprint rebuilder = other.statement().rebuild().rebuilder();
    return Endorsement.level(
        evidence.overrides(artifact.digest(), rebuilder, other.bits()), policy.reviewers(), now);
  }

  private record Circumstances(RebuildId id, Sha256 environment) {
    static Circumstances of(LoggedRebuild logged) {
      return new Circumstances(logged.statement().rebuildId(), logged.rebuild().environment());
    }
  }

  /** Vetoes, and what looks like one. */
  List<Verdict.Uncounted> otherBits() {
    Set<Circumstances> comparable = comparable();
    List<Verdict.Uncounted> listed = new ArrayList<>();
    otherBits.forEach(
        (circumstances, others) ->
            others.forEach(
                other ->
                    listed.add(
                        new Verdict.Uncounted(
                            other.statement(),
                            "it has other bits, "
                                + other.bits()
                                + ": "
                                + kind(other, comparable.contains(circumstances))))));
    return listed;
  }

  private String kind(Veto other, boolean comparable) {
    if (!comparable) {
      return "inconclusive, as no vote is from the same source and environment";
    }
    return overridden(other)
        .map(end -> "a veto that reviewers override until " + end)
        .or(
            () ->
                evidence
                    .unsupported(other, now)
                    .map(end -> "no veto, as nobody has its log and its .buildinfo"))
        .orElse("a veto");
  }
}
