package org.whonix2.core.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.whonix2.core.machine.MachinePackages;
import org.whonix2.core.statement.SnapshotHeader;

/** All of Debian 12's main component, from the Packages file that this machine's apt fetched. */
class RealSuiteTest {
  private static final String BY_HAND =
      "(echo whonix2-list/v1; awk '/^Package: /{p=$2} /^Version: /{v=$2} /^Architecture: /{a=$2}"
          + " /^SHA256: /{print p,v,a,$2}' \"$1\" | LC_ALL=C sort -u) | sha256sum";

  private static byte[] packages;
  private static CanonicalList list;

  @TempDir private Path folder;

  @BeforeAll
  static void readThePackagesFile() throws Exception {
    packages = MachinePackages.bookwormMain();
    long paragraphs =
        new String(packages, StandardCharsets.UTF_8)
            .lines()
            .filter(line -> line.startsWith("Package: "))
            .count();
    list = CanonicalList.fromPackages(packages);
    assertThat(list.size()).isEqualTo((int) paragraphs).isGreaterThan(60_000);
  }

  /** The package comment's command. */
  @Test
  void awkAndSortMakeTheSameList() throws Exception {
    Path file = Files.write(folder.resolve("Packages"), packages);
    Process process =
        new ProcessBuilder("sh", "-c", BY_HAND, "sh", file.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (InputStream out = process.getInputStream()) {
      assertThat(out.readAllBytes())
          .asString(StandardCharsets.US_ASCII)
          .isEqualTo(list.digest() + "  -\n");
    }
    assertThat(process.waitFor()).isZero();
  }

  @Test
  void theListComesBack() throws Exception {
    byte[] bytes = list.bytes();
    CanonicalList read = CanonicalList.parse(bytes);
    assertThat(read.entries()).isEqualTo(list.entries());
    assertThat(read.bytes()).isEqualTo(bytes);
    assertThat(read.digest()).isEqualTo(list.digest());
  }

  @Test
  void everyArtifactIsFoundByItsBits() {
    for (int i = 0; i < list.size(); i++) {
      assertThat(list.indexOf(list.entries().get(i).digest())).hasValue(i);
    }
  }

  @Test
  void vectorsDeltasAndSnapshotsComeBack() throws Exception {
    Random random = new Random(8);
    StateVector vector = Suites.randomVector(random, list);
    StateVector read = StateVector.parse(vector.bytes());
    assertThat(read.bytes()).isEqualTo(vector.bytes());

    // The next day: some packages go, some come, some have another version.
    List<ListEntry> entries = new ArrayList<>();
    for (ListEntry entry : list.entries()) {
      int fate = random.nextInt(1000);
      if (fate > 1) {
        entries.add(entry);
      }
      if (fate == 1 || fate == 2) {
        entries.add(Suites.entry(entry.identity().name().value(), "9999:" + fate, "" + entry));
      }
    }
    CanonicalList tomorrow = CanonicalList.of(entries);
    StateVector found = Suites.randomVector(random, tomorrow);
    ListDelta listDelta = ListDelta.parse(ListDelta.between(list, tomorrow).bytes());
    VectorDelta vectorDelta =
        VectorDelta.parse(VectorDelta.between(list, vector, tomorrow, found).bytes());
    CanonicalList list2 = listDelta.apply(list);
    StateVector vector2 = vectorDelta.apply(list, read, list2);
    assertThat(list2.entries()).isEqualTo(tomorrow.entries());
    assertThat(vector2.bytes()).isEqualTo(found.bytes());

    SnapshotHeader header = Suites.header("alpha", tomorrow, found);
    Snapshot snapshot = Snapshot.of(header, list2, vector2);
    assertThat(snapshot.results()).hasSize(tomorrow.size());
    for (int i = 0; i < tomorrow.size(); i += 97) {
      assertThat(snapshot.findingOf(tomorrow.entries().get(i).digest()))
          .isEqualTo(found.finding(i));
    }
  }
}
