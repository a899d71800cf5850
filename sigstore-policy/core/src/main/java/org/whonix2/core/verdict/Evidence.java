package org.whonix2.core.verdict;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.BinaryOperator;
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
  private final List<LoggedAttestation> current = new ArrayList<>();
  private final Map<Named, BinaryArtifact> artifacts = new LinkedHashMap<>();
  private final Map<Sha256, List<Integer>> byDigest = new HashMap<>();
  private final Map<PackageIdentity, List<Integer>> byIdentity = new HashMap<>();
  private final Map<Fingerprint, Equivocation> equivocations = new LinkedHashMap<>();

  public Evidence(List<LogEvidence> logs) {
    this.logs = List.copyOf(logs);
    List<LoggedAttestation> once = onceEach();
    findEquivocations(once);
    findCurrent(once);
    index();
  }

  /** Two different statements with one sequence number under one key. */
  public record Equivocation(LoggedAttestation first, LoggedAttestation second) {
    @Override
    public String toString() {
      return first.rebuilder().name()
          + " signed two different statements with sequence number "
          + first.attestation().sequence()
          + " ("
          + first.place()
          + ", "
          + second.place()
          + ")";
    }
  }

  private record Statement(Fingerprint rebuilder, Sha256 payload) {}

  private record Numbered(Fingerprint rebuilder, long sequence) {}

  private record Named(PackageIdentity identity, Sha256 digest) {}

  private record Subject(Fingerprint rebuilder, RebuildId rebuild) {}

  /**
   * Several logs may hold one statement; it counts once, from the first log that has it. By signer
   * and payload: a copy under another's key must not push out the statement it copies.
   */
  private List<LoggedAttestation> onceEach() {
    Map<Statement, LoggedAttestation> once = new LinkedHashMap<>();
    for (LogEvidence log : logs) {
      for (LoggedAttestation logged : log.attestations()) {
        once.putIfAbsent(new Statement(signer(logged), logged.payload()), logged);
      }
    }
    return List.copyOf(once.values());
  }

  private void findEquivocations(List<LoggedAttestation> attestations) {
    Map<Numbered, LoggedAttestation> seen = new HashMap<>();
    for (LoggedAttestation logged : attestations) {
      Fingerprint key = signer(logged);
      LoggedAttestation other =
          seen.putIfAbsent(new Numbered(key, logged.attestation().sequence()), logged);
      if (other != null) {
        equivocations.putIfAbsent(key, new Equivocation(other, logged));
      }
    }
  }

  private void findCurrent(List<LoggedAttestation> attestations) {
    Map<Subject, LoggedAttestation> newest = new LinkedHashMap<>();
    Comparator<LoggedAttestation> bySequence =
        Comparator.comparingLong(logged -> logged.attestation().sequence());
    for (LoggedAttestation logged : attestations) {
      Subject subject = new Subject(signer(logged), logged.attestation().rebuildId());
      newest.merge(subject, logged, BinaryOperator.maxBy(bySequence));
    }
    current.addAll(newest.values());
  }

  /** A suite has tens of thousands of artifacts, and each of them is judged. */
  private void index() {
    for (int place = 0; place < current.size(); place++) {
      for (BinaryArtifact artifact : current.get(place).attestation().artifacts()) {
        artifacts.putIfAbsent(new Named(artifact.identity(), artifact.digest()), artifact);
        byDigest.computeIfAbsent(artifact.digest(), digest -> new ArrayList<>()).add(place);
        byIdentity.computeIfAbsent(artifact.identity(), name -> new ArrayList<>()).add(place);
      }
    }
  }

  private static Fingerprint signer(LoggedAttestation logged) {
    return logged.rebuilder().certificate().fingerprint();
  }

  public List<LogEvidence> logs() {
    return logs;
  }

  /** The proofs that set keys aside. */
  public List<Equivocation> equivocations() {
    return List.copyOf(equivocations.values());
  }

  /** Every artifact that an attestation in force names, each once, in the order of the logs. */
  public List<BinaryArtifact> artifacts() {
    return List.copyOf(artifacts.values());
  }

  /**
   * Attestations that name this SHA-256 or this identity and that nothing newer replaces, those of
   * keys set aside among them, in the order of the logs.
   */
  List<LoggedAttestation> concerning(BinaryArtifact artifact) {
    SortedSet<Integer> places = new TreeSet<>(byDigest.getOrDefault(artifact.digest(), List.of()));
    places.addAll(byIdentity.getOrDefault(artifact.identity(), List.of()));
    return places.stream().map(current::get).toList();
  }

  boolean isSetAside(LoggedAttestation logged) {
    return equivocations.containsKey(signer(logged));
  }
}
