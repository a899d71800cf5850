package org.whonix2.rebuilder.rebuild;

import static org.assertj.core.api.Assertions.assertThat;
import static org.whonix2.rebuilder.Results.OTHER;
import static org.whonix2.rebuilder.Results.OURS;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.whonix2.core.digest.Sha256;
import org.whonix2.rebuilder.Results;
import org.whonix2.rebuilder.difference.Difference;

class ComparisonTest {
  private static final Sha256 THIRD = Sha256.of(new byte[] {9});

  private static List<Sha256> digests(String words) {
    return List.of(words.split(" ", -1)).stream()
        .filter(word -> !word.equals("-"))
        .map(word -> Map.of("ours", OURS, "other", OTHER, "third", THIRD).get(word))
        .toList();
  }

  /** What the archive has, what its .buildinfo says came out of our environment, and the result. */
  @ParameterizedTest
  @CsvSource({
    "ours,        -,     AGREES",
    "ours,        ours,  AGREES",
    "ours,        other, AGREES",
    "other,       -,     INCONCLUSIVE",
    "other,       other, MISMATCH",
    "other,       third, INCONCLUSIVE",
    "other,       ours,  INCONCLUSIVE",
    "ours other,  -,     INCONCLUSIVE",
    "ours other,  other, INCONCLUSIVE",
    "other third, other, INCONCLUSIVE",
    "-,           -,     NOT_IN_ARCHIVE",
    "-,           ours,  AGREES",
    "-,           other, MISMATCH",
  })
  void otherBitsAreAMismatchOnlyFromTheSameEnvironment(
      String archived, String recorded, Agreement expected) {
    RecordedBuild build =
        digests(recorded).stream()
            .findFirst()
            .map(digest -> new RecordedBuild(Map.of("tiny_1_amd64.deb", digest)))
            .orElse(RecordedBuild.NONE);
    Comparison comparison = Comparison.of(Results.artifact("tiny"), digests(archived), build);
    assertThat(comparison.agreement()).isEqualTo(expected);
    for (Difference difference : Difference.values()) {
      assertThat(comparison.with(difference).agreement())
          .as("however small the difference is")
          .isEqualTo(expected);
    }
  }

  @Test
  void anotherFilesRecordSaysNothing() {
    RecordedBuild build = new RecordedBuild(Map.of("tiny_2_amd64.deb", OTHER));
    assertThat(Comparison.of(Results.artifact("tiny"), List.of(OTHER), build).agreement())
        .isEqualTo(Agreement.INCONCLUSIVE);
  }

  @Test
  void whereTheWordDoesNotSayItThereIsASentence() {
    for (Agreement agreement : Agreement.values()) {
      assertThat(agreement.meaning().isPresent()).isEqualTo(agreement.differs());
    }
  }
}
