package org.whonix2.core.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.whonix2.core.snapshot.Suites.digest;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.snapshot.ChainOutcome.Equivocation;
import org.whonix2.core.snapshot.ChainOutcome.Extended;
import org.whonix2.core.snapshot.ChainOutcome.Repeated;
import org.whonix2.core.snapshot.ChainOutcome.Rollback;
import org.whonix2.core.snapshot.ChainOutcome.Unlinked;
import org.whonix2.core.snapshot.ChainOutcome.Withheld;
import org.whonix2.core.statement.Platform;
import org.whonix2.core.statement.SnapshotHeader;

class SnapshotChainTest {
  private static final StateVector NOTHING = StateVector.untried(0);

  private LoggedHeader one;
  private LoggedHeader two;
  private LoggedHeader three;
  private SnapshotChain chain;

  @BeforeEach
  void threeSnapshots() throws Exception {
    one = logged(1, Optional.empty(), "one", 10);
    two = logged(2, Optional.of(one.payload()), "two", 20);
    three = logged(3, Optional.of(two.payload()), "three", 30);
    chain = new SnapshotChain(SnapshotSeries.of(one.header()));
  }

  private static LoggedHeader logged(
      long epoch, Optional<Sha256> previous, String payload, long index)
      throws MalformedInputException {
    SnapshotHeader header = Suites.header("alpha", epoch, previous, Suites.list(), NOTHING);
    return new LoggedHeader(header, digest(payload), index);
  }

  @Test
  void eachSnapshotFollowsTheOneBefore() {
    assertThat(chain.newest()).isEmpty();
    for (LoggedHeader next : List.of(one, two, three)) {
      assertThat(chain.take(next)).isEqualTo(new Extended(next));
      assertThat(chain.newest()).contains(next);
    }
    assertThat(chain.misbehaviour()).isEmpty();
  }

  @Test
  void theSamePayloadAgainIsNothingNew() {
    chain.take(one);
    chain.take(two);
    LoggedHeader again = new LoggedHeader(two.header(), two.payload(), 25);
    assertThat(chain.take(again)).isEqualTo(new Repeated(two));
    assertThat(chain.newest()).contains(two);
  }

  /** Anybody can log an old statement once more: it neither moves the chain nor harms it. */
  @Test
  void anOlderSnapshotIsARollbackThatMovesNothing() {
    for (LoggedHeader next : List.of(one, two, three)) {
      chain.take(next);
    }
    LoggedHeader replayed = new LoggedHeader(one.header(), one.payload(), 40);
    assertThat(chain.take(replayed)).isEqualTo(new Rollback(three, replayed));
    assertThat(chain.newest()).contains(three);
    assertThat(chain.misbehaviour()).isEmpty();
  }

  @Test
  void twoPayloadsOfOneEpochAreAnEquivocationWithBothAsProof() throws Exception {
    chain.take(one);
    chain.take(two);
    LoggedHeader other = logged(2, Optional.of(one.payload()), "two, otherwise", 25);
    Equivocation proof = new Equivocation(two, other);
    assertThat(chain.take(other)).isEqualTo(proof);
    assertThat(proof.explain()).contains("log entry 20", "log entry 25");
    // For ever: what it signs from now on counts no more.
    assertThat(chain.take(three)).isEqualTo(proof);
    assertThat(chain.misbehaviour()).contains(proof);
    assertThat(chain.newest()).contains(two);
  }

  @Test
  void anotherPayloadOfAnOldEpochIsAnEquivocationToo() throws Exception {
    for (LoggedHeader next : List.of(one, two, three)) {
      chain.take(next);
    }
    LoggedHeader other = logged(1, Optional.empty(), "one, otherwise", 40);
    assertThat(chain.take(other)).isEqualTo(new Equivocation(one, other));
  }

  @Test
  void aGapIsWithheldUntilItIsFilled() {
    chain.take(one);
    assertThat(chain.take(three)).isEqualTo(new Withheld(three, 2));
    assertThat(chain.newest()).contains(one);
    assertThat(chain.take(three)).isEqualTo(new Repeated(three));
    assertThat(chain.take(two)).isEqualTo(new Extended(three));
    assertThat(chain.newest()).contains(three);
  }

  @Test
  void aChainWithoutItsBeginningIsWithheld() {
    assertThat(chain.take(two)).isEqualTo(new Withheld(two, 1));
    assertThat(chain.take(three)).isEqualTo(new Withheld(three, 1));
    assertThat(chain.newest()).isEmpty();
  }

  @Test
  void twoPayloadsOfAWaitingEpochAreAnEquivocation() throws Exception {
    chain.take(three);
    LoggedHeader other = logged(3, Optional.of(two.payload()), "three, otherwise", 35);
    assertThat(chain.take(other)).isEqualTo(new Equivocation(three, other));
  }

  @Test
  void aSnapshotThatNamesAnotherPreviousOneProvesTwoHistories() throws Exception {
    chain.take(one);
    LoggedHeader other = logged(2, Optional.of(digest("one, otherwise")), "two", 20);
    assertThat(chain.take(other)).isEqualTo(new Unlinked(one, other));
    assertThat(chain.take(two)).isEqualTo(new Unlinked(one, other));
    assertThat(chain.newest()).contains(one);
  }

  @Test
  void theSameIsSeenWhenTheEarlierOneComesLate() throws Exception {
    LoggedHeader late = logged(2, Optional.of(one.payload()), "two, otherwise", 35);
    chain.take(one);
    chain.take(three);
    assertThat(chain.take(late)).isEqualTo(new Unlinked(three, late));
    assertThat(chain.newest()).contains(one);
  }

  @Test
  void aSnapshotFarAheadWaitsLikeAnyOther() throws Exception {
    chain.take(one);
    LoggedHeader far = logged(1_000_000, Optional.of(digest("x")), "far", 50);
    assertThat(chain.take(far)).isEqualTo(new Withheld(far, 2));
    LoggedHeader other = new LoggedHeader(far.header(), digest("far, otherwise"), 51);
    assertThat(chain.take(other)).isEqualTo(new Equivocation(far, other));
  }

  /** Whoever orders the log's entries cannot break a chain: the end is the same in any order. */
  @Test
  void anyOrderEndsInTheSameChain() throws Exception {
    List<LoggedHeader> headers = new ArrayList<>();
    Optional<Sha256> previous = Optional.empty();
    for (long epoch = 1; epoch <= 8; epoch++) {
      LoggedHeader next = logged(epoch, previous, "payload " + epoch, epoch);
      headers.add(next);
      previous = Optional.of(next.payload());
    }
    LoggedHeader last = headers.get(headers.size() - 1);
    Random random = new Random(5);
    for (int round = 0; round < 500; round++) {
      Collections.shuffle(headers, random);
      SnapshotChain any = new SnapshotChain(SnapshotSeries.of(one.header()));
      headers.forEach(any::take);
      assertThat(any.newest()).contains(last);
      assertThat(any.misbehaviour()).isEmpty();
    }
  }

  @Test
  void anUpdateOfTheMachineGoesOnWithTheSeriesAndAnotherCompilerRootDoesNot() {
    SnapshotHeader header = one.header();
    SnapshotHeader updated =
        with(
            header,
            header.compilerRoot(),
            new Platform("amd64", false, "AMD", "x", "linux", "6.12", "Debian 13"));
    assertThat(SnapshotSeries.of(updated)).isEqualTo(chain.series());
    SnapshotHeader otherVendor =
        with(
            header,
            header.compilerRoot(),
            new Platform("amd64", false, "Intel", "EPYC", "linux", "6.1", "Debian 12"));
    assertThat(SnapshotSeries.of(otherVendor)).isNotEqualTo(chain.series());
    SnapshotHeader otherRoot = with(header, "clang", header.platform());
    assertThatIllegalArgumentException()
        .isThrownBy(() -> chain.take(new LoggedHeader(otherRoot, digest("root"), 11)));
  }

  private static SnapshotHeader with(SnapshotHeader header, String root, Platform platform) {
    return new SnapshotHeader(
        header.rebuilder(),
        header.suite(),
        header.architecture(),
        header.toolchain(),
        root,
        platform,
        header.rebuildTool(),
        header.epoch(),
        header.previous(),
        header.list(),
        header.entries(),
        header.vector(),
        header.madeOn());
  }
}
