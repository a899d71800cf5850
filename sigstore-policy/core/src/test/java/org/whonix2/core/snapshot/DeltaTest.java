package org.whonix2.core.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.whonix2.core.snapshot.Suites.digest;
import static org.whonix2.core.snapshot.Suites.entry;
import static org.whonix2.core.snapshot.Suites.list;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.digest.Sha256;

class DeltaTest {
  private static final ListEntry OLD = entry("aa", "1", "old");
  private static final ListEntry STAYS = entry("bb", "1", "stays");
  private static final ListEntry NEW = entry("aa", "2", "new");

  @Test
  void deltasBetweenAnyListsAndVectorsMakeWhatTheySay() throws Exception {
    Random random = new Random(4);
    for (int round = 0; round < 300; round++) {
      CanonicalList from = Suites.randomList(random);
      CanonicalList to = Suites.randomList(random);
      ListDelta delta = ListDelta.parse(ListDelta.between(from, to).bytes());
      assertThat(delta.apply(from)).isEqualTo(to);

      StateVector before = Suites.randomVector(random, from);
      StateVector after = Suites.randomVector(random, to);
      VectorDelta change = VectorDelta.parse(VectorDelta.between(from, before, to, after).bytes());
      assertThat(change.apply(from, before, to)).isEqualTo(after);
      assertThat(List.of(change.from(), change.to()))
          .containsExactly(before.digest(), after.digest());
    }
  }

  @Test
  void noChangeIsADeltaToo() throws Exception {
    CanonicalList list = list(OLD, STAYS);
    ListDelta delta = ListDelta.between(list, list);
    assertThat(ListDelta.parse(delta.bytes()).apply(list)).isEqualTo(list);
    assertThat(delta.from()).isEqualTo(delta.to());
    StateVector vector = StateVector.untried(2);
    VectorDelta change = VectorDelta.between(list, vector, list, vector);
    assertThat(VectorDelta.parse(change.bytes()).apply(list, vector, list)).isEqualTo(vector);
  }

  @Test
  void aDeltaOfAnotherListIsRefused() throws Exception {
    ListDelta delta = ListDelta.between(list(OLD, STAYS), list(NEW, STAYS));
    assertRefused(() -> delta.apply(list(NEW, STAYS)), "expected the list");
    assertRefused(() -> delta.apply(list(OLD)), "expected the list");
  }

  /** Whoever serves the delta writes whatever he likes behind the honest digests. */
  @Test
  void aDeltaThatLeadsElsewhereIsRefused() throws Exception {
    CanonicalList from = list(OLD, STAYS);
    CanonicalList to = list(NEW, STAYS);
    ListEntry evil = entry("aa", "2", "evil");
    byte[] forged = ListDelta.between(from, list(evil, STAYS)).bytes();
    byte[] honest = ListDelta.between(from, to).bytes();
    int digests = (ListDelta.MAGIC + "\n").length() + 2 * Sha256.LENGTH;
    System.arraycopy(honest, 0, forged, 0, digests);
    ListDelta delta = ListDelta.parse(forged);
    assertThat(delta.to()).isEqualTo(to.digest());
    assertRefused(() -> delta.apply(from), "expected it to make the list " + to.digest());
  }

  @Test
  void aVectorDeltaThatLeadsElsewhereIsRefused() throws Exception {
    CanonicalList list = list(OLD, STAYS);
    StateVector before = StateVector.untried(2);
    StateVector after = StateVector.of(List.of(Finding.FAILED, Finding.UNTRIED));
    StateVector evil = StateVector.of(List.of(Finding.AGREES, Finding.UNTRIED));
    byte[] forged = VectorDelta.between(list, before, list, evil).bytes();
    byte[] honest = VectorDelta.between(list, before, list, after).bytes();
    int digests = (VectorDelta.MAGIC + "\n").length() + 4 * Sha256.LENGTH;
    System.arraycopy(honest, 0, forged, 0, digests);
    VectorDelta delta = VectorDelta.parse(forged);
    assertRefused(() -> delta.apply(list, before, list), "expected it to make the vector");
    assertRefused(() -> delta.apply(list, after, list), "vector delta: expected");
    assertRefused(() -> delta.apply(list, before, list(NEW, STAYS)), "vector delta: expected");
    assertRefused(() -> delta.apply(list(NEW, STAYS), before, list), "vector delta: expected");
  }

  @Test
  void aVectorThatDoesNotFitItsListHasNoDelta() throws Exception {
    CanonicalList list = list(OLD, STAYS);
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> VectorDelta.between(list, StateVector.untried(2), list, StateVector.untried(3)));
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> VectorDelta.between(list, StateVector.untried(3), list, StateVector.untried(2)));
  }

  /** What applies must have been written in the one way: two bytes of a delta never mean one. */
  @Test
  void refusesWhatIsNotTheOneEncoding() throws Exception {
    CanonicalList from = list(OLD, STAYS);
    CanonicalList to = list(NEW, STAYS);
    Sha256 a = from.digest();
    Sha256 b = to.digest();
    String identity = "aa 2 amd64";
    byte[] honest = ListDelta.between(from, to).bytes();
    assertThat(delta(a, b).numbers(1, 0, 1, 0).text(identity).digest("new").bytes())
        .isEqualTo(honest);
    // the removed entry is beyond the list
    ListDelta beyond =
        ListDelta.parse(delta(a, b).numbers(1, 2, 1, 0).text(identity).digest("new").bytes());
    assertRefused(() -> beyond.apply(from), "one beyond");
    // an entry is removed and added again
    ListDelta again =
        ListDelta.parse(delta(a, a).numbers(1, 0, 1, 0).text("aa 1 amd64").digest("old").bytes());
    assertRefused(() -> again.apply(from), "expected new entries");
    // an entry stands in the list already
    ListDelta twice =
        ListDelta.parse(delta(a, a).numbers(0, 1, 0).text("aa 1 amd64").digest("old").bytes());
    assertRefused(() -> twice.apply(from), "expected new entries");
    // descending, and one shared character too few
    assertMalformed(
        delta(a, b)
            .numbers(0, 2, 0)
            .text("bb 2 amd64")
            .digest("x")
            .numbers(0)
            .text(identity)
            .digest("y"),
        "ascending");
    assertMalformed(
        delta(a, b)
            .numbers(0, 2, 0)
            .text(identity)
            .digest("x")
            .numbers(3)
            .text("2 amd65")
            .digest("y"),
        "shared characters");
    assertMalformed(delta(a, b).numbers(0, 1, 1).text(identity).digest("x"), "shared characters");
    assertMalformed(delta(a, b).numbers(0, 1, 0).text("aa 2").digest("x"), "name version");
    assertMalformed(delta(a, b).numbers(0, 1, 0).text("aa 2 amd64 ").digest("x"), "name version");
    assertMalformed(delta(a, b).numbers(1, 500_000, 0), "a distance of at most");
    assertMalformed(delta(a, b).numbers(500_000), "the end");
    assertMalformed(delta(a, b).numbers(0, 500_000), "the end");
    assertMalformed(delta(a, b).numbers(500_001), "at most 500000");
    assertMalformed(delta(a, b).numbers(0, 0, 0), "the end");
  }

  @Test
  void aVectorDeltaChangesWhatItNames() throws Exception {
    CanonicalList list = list(OLD, STAYS);
    StateVector untried = StateVector.untried(2);
    Sha256 a = list.digest();
    Sha256 v = untried.digest();
    // no change: entry 0 is untried already
    VectorDelta none = VectorDelta.parse(vectorDelta(a, v).numbers(1, 0).bytes());
    assertRefused(() -> none.apply(list, untried, list), "expected changes");
    VectorDelta beyond = VectorDelta.parse(vectorDelta(a, v).numbers(1, 2 * 5 + 1).bytes());
    assertRefused(() -> beyond.apply(list, untried, list), "expected changes");
    for (Draft malformed :
        List.of(
            vectorDelta(a, v).numbers(1, 3),
            vectorDelta(a, v).numbers(1, 500_000 * 5),
            vectorDelta(a, v).numbers(2, 499_999 * 5, 0),
            vectorDelta(a, v).numbers(500_000),
            vectorDelta(a, v).numbers(1, 1, 0))) {
      assertRefused(() -> VectorDelta.parse(malformed.bytes()), "whonix2-vector-delta/v1");
    }
  }

  /** Bytes of a delta, whatever they mean. */
  private record Draft(Encoding out) {
    Draft numbers(int... numbers) {
      for (int number : numbers) {
        out.number(number);
      }
      return this;
    }

    Draft text(String text) {
      out.number(text.length());
      out.text(text);
      return this;
    }

    Draft digest(String content) {
      out.digest(Suites.digest(content));
      return this;
    }

    byte[] bytes() {
      return out.toByteArray();
    }
  }

  private static Draft delta(Sha256... digests) {
    return draft(ListDelta.MAGIC, digests);
  }

  private static Draft vectorDelta(Sha256 list, Sha256 vector) {
    return draft(VectorDelta.MAGIC, list, vector, list, vector);
  }

  private static Draft draft(String magic, Sha256... digests) {
    Encoding out = new Encoding(magic);
    for (Sha256 digest : digests) {
      out.digest(digest);
    }
    return new Draft(out);
  }

  private static void assertMalformed(Draft draft, String complaint) {
    assertRefused(() -> ListDelta.parse(draft.bytes()), complaint);
  }

  private static void assertRefused(
      org.assertj.core.api.ThrowableAssert.ThrowingCallable call, String complaint) {
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(call)
        .withMessageContaining(complaint);
  }

  @Test
  void anotherFormatIsRefused() throws Exception {
    byte[] list = ListDelta.between(list(OLD), list(NEW)).bytes();
    assertRefused(() -> VectorDelta.parse(list), "expected 'whonix2-vector-delta/v1'");
    assertRefused(
        () -> ListDelta.parse("whonix2-list-delta".getBytes(StandardCharsets.US_ASCII)),
        "expected 'whonix2-list-delta/v1'");
    assertThat(digest("new")).isEqualTo(NEW.digest());
  }
}
