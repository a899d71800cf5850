package org.whonix2.core.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.whonix2.core.snapshot.Suites.digest;
import static org.whonix2.core.snapshot.Suites.entry;
import static org.whonix2.core.snapshot.Suites.list;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.apache.commons.codec.binary.Hex;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.digest.Sha256;

class StateVectorTest {
  private static final Sha256 OWN = digest("own");

  @Test
  void everyFindingComesBack() throws Exception {
    Random random = new Random(2);
    for (int round = 0; round < 200; round++) {
      CanonicalList list = Suites.randomList(random);
      StateVector vector = Suites.randomVector(random, list);
      StateVector read = StateVector.parse(vector.bytes());
      assertThat(read).isEqualTo(vector);
      for (int i = 0; i < list.size(); i++) {
        assertThat(read.finding(i)).isEqualTo(vector.finding(i));
      }
    }
  }

  @Test
  void findingsOfALongVectorAreThoseGiven() throws Exception {
    Random random = new Random(3);
    List<Finding> findings = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      findings.add(random.nextInt(3) == 0 ? Finding.mismatch(digest("" + i)) : Finding.AGREES);
    }
    StateVector vector = StateVector.of(findings);
    StateVector read = StateVector.parse(vector.bytes());
    for (int i = 0; i < findings.size(); i++) {
      assertThat(vector.finding(i)).isEqualTo(findings.get(i));
      assertThat(read.finding(i)).isEqualTo(findings.get(i));
    }
    assertThat(vector.count(State.MISMATCH) + vector.count(State.AGREES)).isEqualTo(1000);
  }

  @Test
  void aSuiteOfOneStateIsAFewBytes() {
    assertThat(StateVector.untried(63_000).bytes()).hasSize("whonix2-vector/v1\n".length() + 6);
    assertThat(StateVector.untried(0).bytes()).hasSize("whonix2-vector/v1\n".length() + 1);
  }

  /** A run is (length - 1) * 5 + state; states are untried 0, agrees 1, ..., failed 4. */
  @ParameterizedTest
  @CsvSource({
    "nothing,                          '',         the end",
    "entries without runs,             '03',       the end",
    "a run too short,                  '03 06',    the end",
    "a run too long,                   '03 10',    no longer than the vector",
    "two runs of one state,            '03 01 06', another state",
    "a number in too many bytes,       '03 8b00',  as few bytes",
    "a number longer than any,         '03 ffffffffff01', a longer number",
    "a run of more than there can be,  '03 ffffff7f', a run of at most",
    "more entries than a list has,     'a1c21e',   entries of at most 500000",
    "a difference without a digest,    '03 0d',    the end",
    "half a digest,                    '01 03 0000', the end",
    "a digest without a difference,    '03 0b #',  the end",
    "one digest more,                  '01 03 # #', the end",
    "a byte more,                      '03 0b 00', the end",
  })
  void refusesWhatIsNotTheOneEncoding(String what, String hex, String complaint) throws Exception {
    byte[] good = encoded("03 0b");
    assertThat(StateVector.parse(good).count(State.AGREES)).isEqualTo(3);
    byte[] bytes = encoded(hex);
    assertThatExceptionOfType(MalformedInputException.class)
        .as(what)
        .isThrownBy(() -> StateVector.parse(bytes))
        .withMessageContaining(complaint);
  }

  private static byte[] encoded(String hex) throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.write("whonix2-vector/v1\n".getBytes(StandardCharsets.US_ASCII));
    bytes.write(Hex.decodeHex(hex.replace("#", OWN.toString()).replace(" ", "")));
    return bytes.toByteArray();
  }

  @Test
  void anotherFormatIsRefused() {
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(
            () -> StateVector.parse("whonix2-vector/v2\n\0".getBytes(StandardCharsets.US_ASCII)));
  }

  /** A few bytes cannot say more than a list can have entries. */
  @Test
  void theLargestVectorOfOneStateIsSmallAndALargerOneRefused() throws Exception {
    byte[] largest = StateVector.untried(CanonicalList.MAX_ENTRIES).bytes();
    assertThat(largest.length).isLessThan(32);
    assertThat(StateVector.parse(largest).size()).isEqualTo(CanonicalList.MAX_ENTRIES);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> StateVector.untried(CanonicalList.MAX_ENTRIES + 1));
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                StateVector.of(
                    Collections.nCopies(CanonicalList.MAX_ENTRIES + 1, Finding.UNTRIED)));
  }

  @Test
  void aFindingHasADigestOnlyWhereBitsDiffer() {
    for (State state : State.values()) {
      Optional<Sha256> wrong = state.differs() ? Optional.empty() : Optional.of(OWN);
      assertThatIllegalArgumentException().isThrownBy(() -> new Finding(state, wrong));
    }
  }

  @Test
  void aNewListKeepsTheFindingsOfTheVerySameArtifacts() throws Exception {
    CanonicalList from =
        list(entry("aa", "1", "a1"), entry("bb", "1", "b1"), entry("cc", "1", "c1"));
    StateVector vector =
        StateVector.of(List.of(Finding.AGREES, Finding.mismatch(OWN), Finding.FAILED));
    CanonicalList to =
        list(
            entry("aa", "1", "other bits, same name and version"),
            entry("bb", "1", "b1"),
            entry("bc", "1", "new"),
            entry("cc", "2", "c2"));
    StateVector carried = vector.carriedOver(from, to);
    assertThat(carried)
        .isEqualTo(
            StateVector.of(
                List.of(Finding.UNTRIED, Finding.mismatch(OWN), Finding.UNTRIED, Finding.UNTRIED)));
    assertThat(vector.carriedOver(from, from)).isEqualTo(vector);
    assertThatIllegalArgumentException().isThrownBy(() -> vector.carriedOver(to, from));
  }
}
