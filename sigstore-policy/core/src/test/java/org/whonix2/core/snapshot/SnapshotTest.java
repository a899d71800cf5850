package org.whonix2.core.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.whonix2.core.snapshot.Suites.digest;
import static org.whonix2.core.snapshot.Suites.entry;
import static org.whonix2.core.snapshot.Suites.header;
import static org.whonix2.core.snapshot.Suites.list;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.statement.SnapshotHeader;

class SnapshotTest {
  private static final List<String> REBUILDERS = List.of("alpha", "beta", "gamma");
  private static final Sha256 GOOD = digest("what the maintainer uploaded");
  private static final Sha256 EVIL = digest("what the attacker made");

  @Test
  void saysTheStateOfEachArtifactByItsBits() throws Exception {
    CanonicalList list = list(entry("aa", "1", "a"), entry("bb", "1", "b"), entry("cc", "1", "c"));
    StateVector vector =
        StateVector.of(List.of(Finding.AGREES, Finding.mismatch(digest("own")), Finding.UNTRIED));
    Snapshot snapshot = Snapshot.of(header("alpha", list, vector), list, vector);
    assertThat(snapshot.stateOf(digest("a"))).isEqualTo(State.AGREES);
    assertThat(snapshot.findingOf(digest("b"))).isEqualTo(Finding.mismatch(digest("own")));
    assertThat(snapshot.stateOf(digest("c"))).isEqualTo(State.UNTRIED);
    assertThat(snapshot.stateOf(digest("not in the list"))).isEqualTo(State.UNTRIED);
    // What a rebuilder got instead is no artifact of the archive, and no vote for anything.
    assertThat(snapshot.stateOf(digest("own"))).isEqualTo(State.UNTRIED);
    assertThat(snapshot.results())
        .map(result -> result.entry().identity().name() + " " + result.finding().state())
        .containsExactly("aa agrees", "bb mismatch", "cc untried");
  }

  /**
   * Three rebuilders agree with the archive's hello 2.10-3. Then somebody with the archive's key
   * signs an index in which hello 2.10-3 has other bits, and serves it to a box together with
   * whatever lists, vectors and deltas he likes. The votes stay with the bits they were given for.
   */
  @Test
  void anArchiveKeyHolderWhoServesOtherBitsUnderTheSameNameAndVersionMovesNoVote()
      throws Exception {
    CanonicalList honest = CanonicalList.fromPackages(packages(GOOD));
    CanonicalList attacked = CanonicalList.fromPackages(packages(EVIL));
    assertThat(attacked.size()).isEqualTo(honest.size());
    assertThat(attacked.entries().get(1).identity()).isEqualTo(honest.entries().get(1).identity());
    StateVector agreeing = StateVector.of(List.of(Finding.AGREES, Finding.AGREES, Finding.AGREES));
    List<SnapshotHeader> signed = new ArrayList<>();
    for (String rebuilder : REBUILDERS) {
      signed.add(header(rebuilder, honest, agreeing));
    }

    // The box has the attacker's index only. His list cannot take the place of the signed one,
    for (SnapshotHeader header : signed) {
      assertRefused(() -> Snapshot.of(header, attacked, agreeing), "expected the list");
    }
    // neither as it is, nor by a delta that pretends to make the signed one of it,
    byte[] delta = ListDelta.between(attacked, honest).bytes();
    byte[] forged = ListDelta.between(attacked, attacked).bytes();
    int digests = (ListDelta.MAGIC + "\n").length() + 2 * Sha256.LENGTH;
    System.arraycopy(delta, 0, forged, 0, digests);
    assertRefused(() -> ListDelta.parse(forged).apply(attacked), "expected it to make the list");
    // nor by a delta of findings that carries them over to his list.
    VectorDelta moved = VectorDelta.between(honest, agreeing, attacked, agreeing);
    for (SnapshotHeader header : signed) {
      StateVector vector = moved.apply(honest, agreeing, attacked);
      assertRefused(() -> Snapshot.of(header, attacked, vector), "expected the list");
    }

    // With the true delta the box rebuilds the very list that was signed; the votes are where they
    // were given, and the attacker's bits have none.
    CanonicalList rebuilt = ListDelta.parse(delta).apply(attacked);
    for (SnapshotHeader header : signed) {
      Snapshot snapshot = Snapshot.of(header, rebuilt, agreeing);
      assertThat(snapshot.stateOf(GOOD)).isEqualTo(State.AGREES);
      assertThat(snapshot.stateOf(EVIL)).isEqualTo(State.UNTRIED);
      assertThat(snapshot.results().map(result -> result.entry().digest()))
          .contains(GOOD)
          .doesNotContain(EVIL);
    }

    // A rebuilder that is shown the attacker's index carries no finding over to his bits either.
    StateVector carried = agreeing.carriedOver(honest, attacked);
    Snapshot next =
        Snapshot.of(
            header("alpha", 2, Optional.of(digest("payload 1")), attacked, carried),
            attacked,
            carried);
    assertThat(next.stateOf(EVIL)).isEqualTo(State.UNTRIED);
    assertThat(next.stateOf(GOOD)).isEqualTo(State.UNTRIED);
    assertThat(carried.count(State.AGREES)).isEqualTo(2);
  }

  private static byte[] packages(Sha256 hello) {
    StringBuilder text = new StringBuilder();
    for (String[] fields :
        new String[][] {
          {"bye", digest("bye").toString()},
          {"hello", hello.toString()},
          {"hello-doc", digest("hello-doc").toString()}
        }) {
      text.append("Package: ").append(fields[0]);
      text.append("\nVersion: 2.10-3\nArchitecture: amd64\nFilename: pool/");
      text.append(fields[0]).append(".deb\nSHA256: ").append(fields[1]).append("\n\n");
    }
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void onlyWhatTheHeaderNamesMakesASnapshot() throws Exception {
    CanonicalList list = list(entry("aa", "1", "a"), entry("bb", "1", "b"));
    StateVector vector = StateVector.of(List.of(Finding.AGREES, Finding.UNTRIED));
    SnapshotHeader header = header("alpha", list, vector);
    assertThat(Snapshot.of(header, list, vector).header()).isEqualTo(header);
    assertRefused(() -> Snapshot.of(header, list, StateVector.untried(2)), "expected the vector");
    assertRefused(
        () -> Snapshot.of(header, list(entry("aa", "1", "a")), vector), "expected the list");
  }

  @Test
  void aHeaderThatContradictsItselfMakesNoSnapshot() throws Exception {
    CanonicalList list = list(entry("aa", "1", "a"), entry("bb", "1", "b"));
    StateVector vector = StateVector.untried(2);
    SnapshotHeader miscounted = withEntries(header("alpha", list, vector), 3);
    assertRefused(() -> Snapshot.of(miscounted, list, vector), "expected entries 3");

    StateVector tooLong = StateVector.untried(3);
    SnapshotHeader longer = header("alpha", list, tooLong);
    assertRefused(() -> Snapshot.of(longer, list, tooLong), "expected findings 2");

    StateVector same = StateVector.of(List.of(Finding.UNTRIED, Finding.mismatch(digest("b"))));
    SnapshotHeader contradictory = header("alpha", list, same);
    assertRefused(() -> Snapshot.of(contradictory, list, same), "expected other bits");
  }

  private static SnapshotHeader withEntries(SnapshotHeader header, long entries) {
    return new SnapshotHeader(
        header.rebuilder(),
        header.suite(),
        header.architecture(),
        header.toolchain(),
        header.compilerRoot(),
        header.platform(),
        header.rebuildTool(),
        header.epoch(),
        header.previous(),
        header.list(),
        entries,
        header.vector(),
        header.madeOn());
  }

  @ParameterizedTest
  @CsvSource({
    "0, false, 0, 2026-11-01T00:00:00Z",
    "1, true, 0, 2026-11-01T00:00:00Z",
    "2, false, 0, 2026-11-01T00:00:00Z",
    "1, false, -1, 2026-11-01T00:00:00Z",
    "1, false, 0, 2026-11-01T00:00:00.5Z",
  })
  void aHeaderSaysWhatCanBe(long epoch, boolean previous, long entries, Instant madeOn)
      throws Exception {
    SnapshotHeader good = header("alpha", list(), StateVector.untried(0));
    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(
            () ->
                new SnapshotHeader(
                    good.rebuilder(),
                    good.suite(),
                    good.architecture(),
                    good.toolchain(),
                    good.compilerRoot(),
                    good.platform(),
                    good.rebuildTool(),
                    epoch,
                    previous ? Optional.of(GOOD) : Optional.empty(),
                    good.list(),
                    entries,
                    good.vector(),
                    madeOn));
  }

  private static void assertRefused(
      org.assertj.core.api.ThrowableAssert.ThrowingCallable call, String complaint) {
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(call)
        .withMessageContaining(complaint);
  }
}
