package org.whonix2.core.verdict;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.openpgp.Fingerprint;
import org.whonix2.core.snapshot.SnapshotSeries;
import org.whonix2.core.statement.CompilerBootstrap;
import org.whonix2.core.statement.RebuildStatement;
import org.whonix2.core.statement.SnapshotHeader;

/**
 * Finds keys that said two things where they may say one: different payloads with one sequence
 * number, or with one epoch of one chain of snapshots. Payloads are compared, not envelopes:
 * anybody can write an envelope anew without its signer.
 */
final class Equivocations {
  private final Map<Numbered, Seen> seen = new HashMap<>();
  private final Map<Fingerprint, Evidence.Equivocation> found = new LinkedHashMap<>();

  private record Numbered(Fingerprint rebuilder, Object series, long number) {}

  private record Seen(Sha256 payload, String place) {}

  /** The one row of numbers for all that a rebuilder builds, packages or compilers. */
  private enum Series {
    BUILDS
  }

  void see(String rebuilder, RebuildStatement statement, Sha256 payload, String place) {
    see(rebuilder, statement.rebuilder(), statement.sequence(), new Seen(payload, place));
  }

  void see(String rebuilder, CompilerBootstrap bootstrap, Sha256 payload, String place) {
    see(rebuilder, bootstrap.rebuilder(), bootstrap.sequence(), new Seen(payload, place));
  }

  private void see(String rebuilder, Fingerprint key, long sequence, Seen here) {
    see(rebuilder, new Numbered(key, Series.BUILDS, sequence), "sequence number", here);
  }

  void see(String rebuilder, SnapshotHeader header, Sha256 payload, String place) {
    see(
        rebuilder,
        new Numbered(header.rebuilder(), SnapshotSeries.of(header), header.epoch()),
        "snapshot epoch",
        new Seen(payload, place));
  }

  private void see(String rebuilder, Numbered numbered, String what, Seen here) {
    Seen before = seen.putIfAbsent(numbered, here);
    if (before != null && !before.payload.equals(here.payload)) {
      found.putIfAbsent(
          numbered.rebuilder,
          new Evidence.Equivocation(rebuilder, what, numbered.number, before.place, here.place));
    }
  }

  boolean areBy(Fingerprint rebuilder) {
    return found.containsKey(rebuilder);
  }

  List<Evidence.Equivocation> all() {
    return List.copyOf(found.values());
  }
}
