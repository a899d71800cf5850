package org.whonix2.core.snapshot;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.artifact.Architecture;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.openpgp.Fingerprint;
import org.whonix2.core.statement.Platform;
import org.whonix2.core.statement.SnapshotHeader;
import org.whonix2.core.statement.Toolchain;

/** Small suites, and headers over them. */
final class Suites {
  private Suites() {}

  static Sha256 digest(String of) {
    return Sha256.of(of.getBytes(StandardCharsets.UTF_8));
  }

  /** An entry with the bits that its file would have if its content were this text. */
  static ListEntry entry(String name, String version, String content) {
    try {
      return ListEntry.parse(name + " " + version + " amd64 " + digest(content));
    } catch (MalformedInputException e) {
      throw new IllegalArgumentException(e);
    }
  }

  static CanonicalList list(ListEntry... entries) throws MalformedInputException {
    return CanonicalList.of(List.of(entries));
  }

  /** Some of 40 packages, each in one of three versions. */
  static CanonicalList randomList(Random random) throws MalformedInputException {
    List<ListEntry> entries = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      int version = random.nextInt(4);
      if (version > 0) {
        entries.add(entry("package" + i, "1." + version, i + "/" + version));
      }
    }
    return CanonicalList.of(entries);
  }

  static StateVector randomVector(Random random, CanonicalList list) {
    List<Finding> findings = new ArrayList<>();
    for (int i = 0; i < list.size(); i++) {
      findings.add(randomFinding(random, random.nextInt(State.COUNT + 4)));
    }
    return StateVector.of(findings);
  }

  private static Finding randomFinding(Random random, int kind) {
    return switch (kind) {
      case 0 -> Finding.UNTRIED;
      case 1 -> Finding.FAILED;
      case 2 -> Finding.inconclusive(digest("other " + random.nextInt()));
      case 3 -> Finding.mismatch(digest("other " + random.nextInt()));
      default -> Finding.AGREES;
    };
  }

  /** A first snapshot's header by a rebuilder of this name. */
  static SnapshotHeader header(String rebuilder, CanonicalList list, StateVector vector) {
    return header(rebuilder, 1, Optional.empty(), list, vector);
  }

  static SnapshotHeader header(
      String rebuilder,
      long epoch,
      Optional<Sha256> previous,
      CanonicalList list,
      StateVector vector) {
    return new SnapshotHeader(
        new Fingerprint(digest(rebuilder).toString().substring(0, 40)),
        "bookworm",
        new Architecture("amd64"),
        new Toolchain("gcc-12", digest("toolchain")),
        "gcc",
        new Platform("amd64", false, "AMD", "EPYC", "linux", "6.1", "Debian 12"),
        "whonix2-rebuilder",
        epoch,
        previous,
        list.digest(),
        list.size(),
        vector.digest(),
        Instant.parse("2026-11-01T00:00:00Z").plusSeconds(epoch * 86_400));
  }
}
