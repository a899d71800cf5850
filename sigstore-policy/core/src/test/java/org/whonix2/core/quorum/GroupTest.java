package org.whonix2.core.quorum;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GroupTest {
  private static final Group A = new Group.Member("a");
  private static final Group BC = Group.of(1, List.of("b", "c"));
  private static final Group DEF = Group.of(2, List.of("d", "e", "f"));

  /** a, and one of b and c, and two of d, e and f. */
  private static final Group ALL = new Group.Threshold(3, List.of(A, BC, DEF));

  @ParameterizedTest
  @CsvSource({
    "abde, true, ''",
    "acdf, true, ''",
    "abcdef, true, ''",
    "bde, false, '1 of a'",
    "abcd, false, '1 of (1 of e, f)'",
    "abc, false, '1 of (2 of d, e, f)'",
    "de, false, '2 of a, (1 of b, c)'",
    "'', false, '3 of a, (1 of b, c), (2 of d, e, f)'",
    "xyz, false, '3 of a, (1 of b, c), (2 of d, e, f)'",
  })
  void everyGroupOfAGroupOfAllMustBeMet(String agreeing, boolean met, String missing) {
    Set<String> names = Set.copyOf(List.of(agreeing.split("")));
    assertThat(ALL.isMetBy(names)).isEqualTo(met);
    assertThat(ALL.missing(names)).isEqualTo(missing);
  }

  @Test
  void aLevelIsTheLargestValueThatEnoughHave() {
    Map<String, Integer> values = Map.of("a", 9, "b", 3, "c", 5, "d", 8, "e", 7, "f", 1);
    assertThat(DEF.highest(values)).contains(7);
    assertThat(BC.highest(values)).contains(5);
    assertThat(ALL.highest(values)).contains(5);
    assertThat(new Group.Threshold(1, List.of(A, BC, DEF)).highest(values)).contains(9);
    assertThat(ALL.highest(Map.of("a", 9, "b", 3, "d", 8))).isEmpty();
  }

  @Test
  void theLowestIsTheSmallestValueUpToWhichEnoughHave() {
    Map<String, Integer> values = Map.of("a", 9, "b", 3, "c", 5, "d", 8, "e", 7, "f", 1);
    assertThat(DEF.lowest(values)).contains(7);
    assertThat(BC.lowest(values)).contains(3);
    assertThat(ALL.lowest(values)).contains(9);
    assertThat(Group.of(1, List.of("a", "b", "c")).lowest(values)).contains(3);
  }

  /** What highest says is what isMetBy says of those above it, for every set of values. */
  @Test
  void levelAgreesWithIsMetBy() {
    List<String> names = List.copyOf(ALL.members());
    for (int subset = 0; subset < 1 << names.size(); subset++) {
      Map<String, Integer> values = new HashMap<>();
      for (int i = 0; i < names.size(); i++) {
        if ((subset >> i & 1) == 1) {
          values.put(names.get(i), i);
        }
      }
      assertThat(ALL.highest(values).isPresent()).isEqualTo(ALL.isMetBy(values.keySet()));
      ALL.highest(values)
          .ifPresent(
              level -> {
                assertThat(ALL.isMetBy(above(values, level))).isTrue();
                assertThat(ALL.isMetBy(above(values, level + 1))).isFalse();
              });
    }
  }

  private static Set<String> above(Map<String, Integer> values, int least) {
    return values.entrySet().stream()
        .filter(entry -> entry.getValue() >= least)
        .map(Map.Entry::getKey)
        .collect(Collectors.toSet());
  }

  @Test
  void theFewestWhoCanMeetIt() {
    assertThat(ALL.fewest()).isEqualTo(4);
    assertThat(new Group.Threshold(2, List.of(DEF, A, BC)).fewest()).isEqualTo(2);
  }

  @Test
  void aNameStandsOnceInTheWholeTree() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Group.Threshold(2, List.of(A, Group.of(1, List.of("b", "a")))))
        .withMessage("expected each once, found a twice");
  }

  @ParameterizedTest
  @CsvSource({"0, 2", "-1, 2", "3, 2", "1, 0"})
  void aThresholdThatAsksForNothingOrForTooMuchIsRefused(int threshold, int members) {
    List<String> names = List.of("a", "b").subList(0, members);
    assertThatIllegalArgumentException().isThrownBy(() -> Group.of(threshold, names));
  }

  @Test
  void itReadsLikeItIsSaid() {
    assertThat(ALL).hasToString("3 of a, (1 of b, c), (2 of d, e, f)");
  }
}
