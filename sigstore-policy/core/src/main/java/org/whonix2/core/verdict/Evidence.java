package org.whonix2.core.verdict;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.whonix2.core.artifact.BinaryArtifact;
import org.whonix2.core.artifact.PackageIdentity;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.openpgp.Fingerprint;
import org.whonix2.core.statement.RebuildId;

/**
 * What a box knows: all logs of its policy together. Made once, asked for many artifacts.
 *
 * <p>Of one rebuilder's attestations for one rebuild id, the highest sequence number counts. Two
 * different payloads with one sequence number under one key set that key aside. Payloads are
 * compared, not envelopes: anybody can write an envelope anew without its signer.
 */
public final class Evidence {
  private final List<LogEvidence> logs;
  private final List<LoggedAttestation> current;
  private final Map<Fingerprint, Equivocation> equivocations;
  private final Set<BinaryArtifact> artifacts = new LinkedHashSet<>();
  private final Map<Sha256, List<Integer>> byDigest = new HashMap<>();
  private final Map<PackageIdentity, List<Integer>> byIdentity = new HashMap<>();

  private Evidence(Collector collector) {
    this.logs = List.copyOf(collector.logs);
    this.current = List.copyOf(collector.current.values());
    this.equivocations = new LinkedHashMap<>(collector.equivocations);
    index();
  }

  /** A suite has tens of thousands of artifacts, and each of them is judged. */
  private void index() {
    for (int place = 0; place < current.size(); place++) {
      for (BinaryArtifact artifact : current.get(place).attestation().artifacts()) {
        artifacts.add(artifact);
        byDigest.computeIfAbsent(artifact.digest(), digest -> new ArrayList<>()).add(place);
        byIdentity.computeIfAbsent(artifact.identity(), name -> new ArrayList<>()).add(place);
      }
    }
  }

  private record Subject(Fingerprint rebuilder, RebuildId rebuild) {}

  private record Numbered(Fingerprint rebuilder, long sequence) {}

  private record Seen(Sha256 payload, String place) {}

  /** Two different statements with one sequence number under one key, and where they stand. */
  public record Equivocation(String rebuilder, long sequence, String first, String second) {
    @Override
    public String toString() {
      return rebuilder
          + " signed two different statements with sequence number "
          + sequence
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
    private final Map<Subject, LoggedAttestation> current = new LinkedHashMap<>();
    private final Map<Numbered, Seen> seen = new HashMap<>();
    private final Map<Fingerprint, Equivocation> equivocations = new LinkedHashMap<>();

    /** Takes an attestation; the same one again, from another log too, changes nothing. */
    void add(LoggedAttestation logged) {
      Fingerprint key = logged.rebuilder().certificate().fingerprint();
      long sequence = logged.attestation().sequence();
      Seen here = new Seen(logged.payload(), logged.place());
      Seen before = seen.putIfAbsent(new Numbered(key, sequence), here);
      if (before != null && !before.payload.equals(here.payload)) {
        equivocations.putIfAbsent(
            key, new Equivocation(logged.rebuilder().name(), sequence, before.place, here.place));
      }
      current.merge(
          new Subject(key, logged.attestation().rebuildId()),
          logged,
          (old, other) ->
              other.attestation().sequence() > old.attestation().sequence() ? other : old);
    }

    /** Takes how a log stands. */
    public void add(LogEvidence log) {
      logs.add(log);
    }

    public Evidence evidence() {
      return new Evidence(this);
    }
  }

  public List<LogEvidence> logs() {
    return logs;
  }

  /** The proofs that set keys aside. */
  public List<Equivocation> equivocations() {
    return List.copyOf(equivocations.values());
  }

  /** Attestations that nothing newer replaces, those of keys set aside among them. */
  public List<LoggedAttestation> current() {
    return current;
  }

  /** Every artifact that an attestation in force names, each once, in the order of the logs. */
  public Set<BinaryArtifact> artifacts() {
    return Collections.unmodifiableSet(artifacts);
  }

  /** Those of {@link #current} that name this SHA-256 or this identity, in their order. */
  List<LoggedAttestation> concerning(BinaryArtifact artifact) {
    SortedSet<Integer> places = new TreeSet<>(byDigest.getOrDefault(artifact.digest(), List.of()));
    places.addAll(byIdentity.getOrDefault(artifact.identity(), List.of()));
    return places.stream().map(current::get).toList();
  }

  boolean isSetAside(LoggedAttestation logged) {
    return equivocations.containsKey(logged.rebuilder().certificate().fingerprint());
  }
}
