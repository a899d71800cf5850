package org.whonix2.e2e.bench;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import java.util.zip.GZIPOutputStream;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.artifact.PackageIdentity;
import org.whonix2.core.artifact.PackageVersion;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.snapshot.CanonicalList;
import org.whonix2.core.snapshot.Finding;
import org.whonix2.core.snapshot.ListDelta;
import org.whonix2.core.snapshot.ListEntry;
import org.whonix2.core.snapshot.StateVector;
import org.whonix2.core.snapshot.VectorDelta;

/**
 * The sizes and costs of a rebuilder's snapshot of a whole suite. Who agrees is drawn for each
 * artifact by itself, which is the worst case for runs: in truth a source's artifacts share a fate.
 */
final class SnapshotBenchmark {
  private static final int[] AGREEMENT = {60, 80, 97};

  /** Goals, at 97 % agreement and on a usual day. */
  private static final int MAX_VECTOR = 200_000;

  private static final int MAX_DAY = 20_000;

  /**
   * A day: so many artifacts have a new version, all rebuilt at once, and so many others a new
   * result. Debian 12's security archive publishes some 15 new artifacts of an architecture a day.
   */
  private static final int NEW_VERSIONS = 200;

  private static final int NEW_RESULTS = 300;

  private final CanonicalList list;
  private final Random random = new Random(97);
  private boolean goalsMet = true;

  private SnapshotBenchmark(CanonicalList list) {
    this.list = list;
  }

  public static void main(String[] arguments) throws Exception {
    byte[] packages = Files.readAllBytes(Path.of(arguments[0]));
    SnapshotBenchmark benchmark = new SnapshotBenchmark(CanonicalList.fromPackages(packages));
    benchmark.sizes();
    benchmark.times(packages);
    System.exit(benchmark.goalsMet ? 0 : 1);
  }

  private void sizes() throws IOException, MalformedInputException {
    byte[] bytes = list.bytes();
    System.out.printf("%nA suite of %,d artifacts. Bytes:%n", list.size());
    System.out.printf(
        "  %-58s %,12d%n  %-58s %,12d%n",
        "list (a box makes it of its own Packages file)",
        bytes.length,
        "list, by gzip",
        gzip(bytes).length);
    for (int percent : AGREEMENT) {
      System.out.printf("%n  at %d %% agreement%n", percent);
      StateVector mixed = vector(list, () -> finding(percent, this::otherOrNone));
      StateVector worst = vector(list, () -> finding(percent, Finding::mismatch));
      size("vector, of the rest half differ and half failed", mixed.bytes().length);
      int worstSize = worst.bytes().length;
      if (percent == 97) {
        goal("vector, all of the rest differ", worstSize, MAX_VECTOR);
      } else {
        size("vector, all of the rest differ", worstSize);
      }
      day(percent, mixed);
    }
  }

  private void day(int percent, StateVector vector) throws MalformedInputException {
    CanonicalList tomorrow = nextDay();
    StateVector carried = vector.carriedOver(list, tomorrow);
    List<Finding> findings = new ArrayList<>();
    int untried = 0;
    for (int i = 0; i < tomorrow.size(); i++) {
      boolean isNew = list.indexOf(tomorrow.entries().get(i).digest()).isEmpty();
      boolean tried = isNew || random.nextInt(tomorrow.size()) < NEW_RESULTS;
      findings.add(tried ? finding(percent, this::otherOrNone) : carried.finding(i));
      untried += isNew ? 1 : 0;
    }
    StateVector found = StateVector.of(findings);
    ListDelta listDelta = ListDelta.between(list, tomorrow);
    VectorDelta vectorDelta = VectorDelta.between(list, vector, tomorrow, found);
    if (!vectorDelta.apply(list, vector, listDelta.apply(list)).equals(found)) {
      throw new IllegalStateException("a delta that does not lead where it should");
    }
    size("a day's list delta, " + untried + " new versions", listDelta.bytes().length);
    size("a day's vector delta, " + NEW_RESULTS + " other results", vectorDelta.bytes().length);
    goal("both", listDelta.bytes().length + vectorDelta.bytes().length, MAX_DAY);
  }

  private CanonicalList nextDay() throws MalformedInputException {
    List<ListEntry> entries = new ArrayList<>(list.entries());
    for (int i = 0; i < NEW_VERSIONS; i++) {
      int at = random.nextInt(entries.size());
      PackageIdentity old = entries.get(at).identity();
      PackageVersion version = new PackageVersion(old.version() + "+deb12u" + (i + 1));
      entries.set(
          at,
          new ListEntry(
              new PackageIdentity(old.name(), version, old.architecture()), randomDigest()));
    }
    return CanonicalList.of(entries);
  }

  private Finding finding(int percent, Function<Sha256, Finding> otherwise) {
    return random.nextInt(100) < percent ? Finding.AGREES : otherwise.apply(randomDigest());
  }

  private Finding otherOrNone(Sha256 own) {
    return switch (random.nextInt(4)) {
      case 0 -> Finding.mismatch(own);
      case 1 -> Finding.inconclusive(own);
      case 2 -> Finding.FAILED;
      default -> Finding.UNTRIED;
    };
  }

  private Sha256 randomDigest() {
    byte[] bytes = new byte[Sha256.LENGTH];
    random.nextBytes(bytes);
    return Sha256.of(bytes);
  }

  private interface Draw {
    Finding next();
  }

  private static StateVector vector(CanonicalList list, Draw draw) {
    List<Finding> findings = new ArrayList<>(list.size());
    for (int i = 0; i < list.size(); i++) {
      findings.add(draw.next());
    }
    return StateVector.of(findings);
  }

  private static void size(String what, int bytes) {
    System.out.printf("  %-58s %,12d%n", what, bytes);
  }

  private void goal(String what, int bytes, int limit) {
    boolean met = bytes < limit;
    goalsMet &= met;
    System.out.printf(
        "  %-58s %,12d   goal: below %,d, %s%n", what, bytes, limit, met ? "met" : "MISSED");
  }

  private void times(byte[] packages) throws Exception {
    byte[] bytes = list.bytes();
    StateVector vector = vector(list, () -> finding(97, this::otherOrNone));
    byte[] vectorBytes = vector.bytes();
    CanonicalList tomorrow = nextDay();
    StateVector found = vector.carriedOver(list, tomorrow);
    byte[] delta = ListDelta.between(list, tomorrow).bytes();
    byte[] vectorDelta = VectorDelta.between(list, vector, tomorrow, found).bytes();

    Stopwatch watch = new Stopwatch("SHA-256 over the list's bytes", () -> Sha256.of(bytes));
    watch.print("SHA-256 over the Packages file", () -> Sha256.of(packages));
    watch.print("list of the Packages file", () -> CanonicalList.fromPackages(packages));
    watch.print("list encoded", list::bytes);
    watch.print("list decoded", () -> CanonicalList.parse(bytes));
    watch.print("vector at 97 % encoded", vector::bytes);
    watch.print("vector at 97 % decoded", () -> StateVector.parse(vectorBytes));
    watch.print("list delta made", () -> ListDelta.between(list, tomorrow));
    watch.print("list delta decoded and applied", () -> ListDelta.parse(delta).apply(list));
    watch.print(
        "vector delta decoded and applied",
        () -> VectorDelta.parse(vectorDelta).apply(list, vector, tomorrow));
  }

  private static byte[] gzip(byte[] bytes) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
      out.write(bytes);
    }
    return packed.toByteArray();
  }
}
