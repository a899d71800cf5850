package org.whonix2.core.verdict;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.whonix2.core.artifact.BinaryArtifact;
import org.whonix2.core.artifact.PackageIdentity;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.openpgp.Fingerprint;
import org.whonix2.core.snapshot.SnapshotSeries;
import org.whonix2.core.statement.CompilerBootstrap;
import org.whonix2.core.statement.Exemption;
import org.whonix2.core.statement.PolicyRelease;
import org.whonix2.core.statement.RebuildId;
import org.whonix2.core.statement.SnapshotHeader;
import org.whonix2.core.statement.VetoOverride;

/**
 * What a box knows: all logs of its policy together. Made once, asked for many artifacts.
 *
 * <p>Of one rebuilder's statements about one rebuild id, the highest sequence number counts, be it
 * an attestation or a failure. Who said two things where he may say one is set aside.
 */
public final class Evidence {
  private final Kept kept;
  private final List<LogEvidence> logs;
  private final List<LoggedRebuild> current;
  private final Equivocations equivocations;
  private final Map<Exempted, List<Endorsement>> exemptions;
  private final Map<Overridden, List<Endorsement>> overrides;
  private final Map<PolicyRelease, Set<Fingerprint>> releases;
  private final Map<SnapshotSeries, Heard> snapshots;
  private final Map<Said, Instant> since;
  private final Map<Unsupported, Instant> unsupported;
  private final Set<BinaryArtifact> artifacts = new LinkedHashSet<>();
  private final Map<BinaryArtifact, Set<String>> operators = new HashMap<>();
  private final Map<Sha256, List<Integer>> byDigest = new HashMap<>();
  private final Map<PackageIdentity, List<Integer>> byIdentity = new HashMap<>();
  private final Map<Sha256, List<Integer>> bySource = new HashMap<>();
  private final Map<RebuildId, List<LoggedRebuild>> failures = new HashMap<>();

  private Evidence(Collector collector) {
    this.kept = collector.kept;
    this.logs = List.copyOf(collector.logs);
    List<LoggedRebuild> all = new ArrayList<>(collector.current.values());
    all.addAll(collector.beside());
    this.current = List.copyOf(all);
    this.equivocations = collector.equivocations;
    this.exemptions = Map.copyOf(collector.exemptions);
    this.overrides = Map.copyOf(collector.overrides);
    this.releases = Map.copyOf(collector.releases);
    this.snapshots = Map.copyOf(collector.snapshots);
    this.since = Map.copyOf(collector.since);
    this.unsupported = Map.copyOf(collector.unsupported);
    index();
  }

  /** A suite has tens of thousands of artifacts, and each of them is judged. */
  private void index() {
    for (int place = 0; place < current.size(); place++) {
      LoggedRebuild logged = current.get(place);
      bySource
          .computeIfAbsent(logged.rebuild().source().digest(), source -> new ArrayList<>())
          .add(place);
      if (logged.statement().artifacts().isEmpty()) {
        failures
            .computeIfAbsent(logged.statement().rebuildId(), id -> new ArrayList<>())
            .add(logged);
      }
      for (BinaryArtifact artifact : logged.statement().artifacts()) {
        artifacts.add(artifact);
        operators
            .computeIfAbsent(artifact, key -> new HashSet<>())
            .add(logged.rebuilder().operator());
        byDigest.computeIfAbsent(artifact.digest(), digest -> new ArrayList<>()).add(place);
        byIdentity.computeIfAbsent(artifact.identity(), name -> new ArrayList<>()).add(place);
      }
    }
  }

  private record Subject(Fingerprint rebuilder, RebuildId rebuild) {}

  /** Whose word it is that this came out. */
  private record Said(Subject subject, BinaryArtifact artifact) {}

  /** The newest epoch of a series, and when it was made. */
  private record Heard(long epoch, Instant made) {
    /** An old epoch does not count, whatever time it bears. */
    Heard later(Heard other) {
      boolean sameMadeLater = epoch == other.epoch && other.made.isAfter(made);
      return other.epoch > epoch || sameMadeLater ? other : this;
    }
  }

  /** A file that is exempted, and what its control data says it is. */
  public record Exempted(Sha256 artifact, PackageIdentity identity) {}

  /** What a rebuilder says against a file, while what would support that is missing. */
  private record Unsupported(Fingerprint rebuilder, Sha256 artifact) {}

  /** A veto on one file, by whom and with which bits. */
  private record Overridden(Sha256 artifact, Fingerprint rebuilder, Sha256 bits) {}

  /**
   * Two different statements under one key where there may be one.
   *
   * @param what is equal in both, such as a sequence number
   * @param first where it stands, as does second
   */
  public record Equivocation(
      String rebuilder, String what, long number, String first, String second) {
    @Override
    public String toString() {
      return rebuilder
          + " signed two different statements with "
          + what
          + " "
          + number
          + " ("
          + first
          + ", "
          + second
          + ")";
    }
  }

  /**
   * Collects evidence entry by entry, in any order. Of statements that newer ones replace it keeps
   * only what shows an equivocation, so memory grows with the rebuilds that count.
   */
  public static final class Collector {
    private final List<LogEvidence> logs = new ArrayList<>();
    private final Map<Subject, LoggedRebuild> current = new LinkedHashMap<>();

    /** By when each rebuilder first said what. */
    private final Map<Said, Instant> since = new HashMap<>();

    /** Of equal numbers, the payloads beside the current one: a veto is one also here. */
    private final Map<Subject, Map<Sha256, LoggedRebuild>> beside = new HashMap<>();

    private final Equivocations equivocations = new Equivocations();
    private final Map<Exempted, List<Endorsement>> exemptions = new HashMap<>();
    private final Map<Overridden, List<Endorsement>> overrides = new HashMap<>();
    private final Map<PolicyRelease, Set<Fingerprint>> releases = new HashMap<>();
    private final Map<SnapshotSeries, Heard> snapshots = new HashMap<>();
    private final Map<Unsupported, Instant> unsupported = new HashMap<>();
    private final Shared shared = new Shared();
    private Kept kept = Kept.NOTHING;

    /** Takes what a rebuilder said; the same again, from another log too, changes little. */
    void add(LoggedRebuild said) {
      LoggedRebuild logged = said.sharing(shared);
      equivocations.see(
          logged.rebuilder().name(), logged.statement(), logged.payload(), logged.place());
      Subject subject = new Subject(logged.rebuild().rebuilder(), logged.statement().rebuildId());
      for (BinaryArtifact artifact : logged.statement().artifacts()) {
        since.merge(
            new Said(subject, artifact),
            logged.loggedBy(),
            (one, other) -> one.isBefore(other) ? one : other);
      }
      LoggedRebuild old = current.putIfAbsent(subject, logged);
      if (old == null) {
        return;
      }
      long difference = logged.statement().sequence() - old.statement().sequence();
      if (difference > 0) {
        current.put(subject, logged);
        beside.remove(subject);
      } else if (difference == 0 && !logged.payload().equals(old.payload())) {
        beside
            .computeIfAbsent(subject, key -> new HashMap<>())
            .putIfAbsent(logged.payload(), logged);
      }
    }

    private List<LoggedRebuild> beside() {
      return beside.values().stream().flatMap(others -> others.values().stream()).toList();
    }

    /** Takes a rebuilder's word on a compiler: no vote and no veto, but one of his numbers. */
    void add(String rebuilder, CompilerBootstrap bootstrap, Sha256 payload, String place) {
      equivocations.see(rebuilder, bootstrap, payload, place);
    }

    /**
     * Takes a rebuilder's snapshot. It is as old as its maker says, or older than the log shows.
     */
    void add(String rebuilder, SnapshotHeader header, Sha256 payload, String place, Instant by) {
      equivocations.see(rebuilder, header, payload, place);
      Instant made = header.madeOn().isBefore(by) ? header.madeOn() : by;
      snapshots.merge(SnapshotSeries.of(header), new Heard(header.epoch(), made), Heard::later);
    }

    /** Takes a reviewer's exemption. */
    void add(Fingerprint reviewer, Exemption exemption) {
      exemptions
          .computeIfAbsent(
              new Exempted(exemption.artifact(), exemption.identity()), key -> new ArrayList<>())
          .add(new Endorsement(reviewer, exemption.until()));
    }

    /** Takes a reviewer's override. */
    void add(Fingerprint reviewer, VetoOverride override) {
      overrides
          .computeIfAbsent(
              new Overridden(override.artifact(), override.rebuilder(), override.bits()),
              key -> new ArrayList<>())
          .add(new Endorsement(reviewer, override.until()));
    }

    /** Takes a maintainer's word on a policy document. */
    void add(Fingerprint maintainer, PolicyRelease release) {
      releases.computeIfAbsent(release, key -> new HashSet<>()).add(maintainer);
    }

    /** Takes how a log stands. */
    public void add(LogEvidence log) {
      logs.add(log);
    }

    /** Takes what this box does not go back behind. */
    public void keep(Kept seen) {
      kept = seen;
    }

    /**
     * Takes that the evidence of a rebuilder's vetoes on a file is nowhere to be had: they do not
     * count.
     *
     * @param until from then on that is not known any more
     */
    public void lacksSupport(Fingerprint rebuilder, Sha256 artifact, Instant until) {
      unsupported.put(new Unsupported(rebuilder, artifact), until);
    }

    public Evidence evidence() {
      return new Evidence(this);
    }
  }

  /** A time that has passed: the newest that enough witnesses have signed, in any log. */
  public Instant passed() {
    return logs.stream()
        .map(LogEvidence::standing)
        .flatMap(Standing::witnessedTime)
        .max(Comparator.naturalOrder())
        .orElse(Instant.EPOCH);
  }

  Kept kept() {
    return kept;
  }

  public List<LogEvidence> logs() {
    return logs;
  }

  /** The proofs that set keys aside. */
  public List<Equivocation> equivocations() {
    return equivocations.all();
  }

  /** Statements that nothing newer replaces, those of keys set aside among them. */
  public List<LoggedRebuild> current() {
    return current;
  }

  /** Every artifact that an attestation in force names, each once, in the order of the logs. */
  public Set<BinaryArtifact> artifacts() {
    return Collections.unmodifiableSet(artifacts);
  }

  /** How many operators name exactly this file, whether they count or not. */
  public int operatorsNaming(BinaryArtifact artifact) {
    return operators.getOrDefault(artifact, Set.of()).size();
  }

  /** The maintainers, by primary fingerprint, who signed this release. */
  public Set<Fingerprint> endorsers(PolicyRelease release) {
    return Set.copyOf(releases.getOrDefault(release, Set.of()));
  }

  /** Those of {@link #current} that name this SHA-256 or this identity, in their order. */
  List<LoggedRebuild> concerning(BinaryArtifact artifact) {
    SortedSet<Integer> places = new TreeSet<>(byDigest.getOrDefault(artifact.digest(), List.of()));
    places.addAll(byIdentity.getOrDefault(artifact.identity(), List.of()));
    return places.stream().map(current::get).toList();
  }

  /** Those of {@link #current} about this source, failures among them, in their order. */
  List<LoggedRebuild> ofSource(Sha256 source) {
    return bySource.getOrDefault(source, List.of()).stream().map(current::get).toList();
  }

  /** By when its maker first said that this came out of that rebuild; again is no news. */
  Instant since(LoggedRebuild logged, BinaryArtifact artifact) {
    Subject subject = new Subject(logged.rebuild().rebuilder(), logged.statement().rebuildId());
    return since.getOrDefault(new Said(subject, artifact), logged.loggedBy());
  }

  /** The failures that stand for this rebuild. */
  List<LoggedRebuild> failures(RebuildId rebuild) {
    return failures.getOrDefault(rebuild, List.of());
  }

  boolean isSetAside(LoggedRebuild logged) {
    return equivocations.areBy(logged.rebuild().rebuilder());
  }

  /** Every file that a reviewer exempts. */
  public Set<Exempted> exempted() {
    return exemptions.keySet();
  }

  Collection<Endorsement> exemptions(BinaryArtifact artifact) {
    return exemptions.getOrDefault(new Exempted(artifact.digest(), artifact.identity()), List.of());
  }

  Collection<Endorsement> overrides(Sha256 artifact, Fingerprint rebuilder, Sha256 bits) {
    return overrides.getOrDefault(new Overridden(artifact, rebuilder, bits), List.of());
  }

  /** Until when it is known to lack support, if it is. */
  Optional<Instant> unsupported(Veto veto, Instant now) {
    Unsupported what =
        new Unsupported(veto.statement().rebuild().rebuilder(), veto.artifact().digest());
    return Optional.ofNullable(unsupported.get(what)).filter(now::isBefore);
  }

  /** When this rebuilder was last heard: its newest snapshot of any suite. Not of one set aside. */
  Optional<Instant> newestSnapshot(Fingerprint rebuilder) {
    return equivocations.areBy(rebuilder)
        ? Optional.empty()
        : snapshots.entrySet().stream()
            .filter(heard -> heard.getKey().rebuilder().equals(rebuilder))
            .map(heard -> heard.getValue().made())
            .max(Comparator.naturalOrder());
  }
}
