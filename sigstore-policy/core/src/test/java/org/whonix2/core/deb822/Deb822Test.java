package org.whonix2.core.deb822;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.whonix2.core.MalformedInputException;

class Deb822Test {
  @Test
  void paragraphsAreApartByEmptyLinesAndFieldNamesIgnoreCase() throws Exception {
    List<Deb822> paragraphs =
        Deb822.parseAll(
            "\n# a comment\nPackage: a\nFiles:\n x 1\n# within\n y 2\n\n \nPackage:b\n");
    assertThat(paragraphs).hasSize(2);
    assertThat(paragraphs.get(0).require("package")).isEqualTo("a");
    assertThat(paragraphs.get(0).words("FILES")).containsExactly("x", "1", "y", "2");
    assertThat(paragraphs.get(1).require("Package")).isEqualTo("b");
    assertThat(paragraphs.get(1).words("Files")).isEmpty();
  }

  @Test
  void nothingIsNoParagraph() throws Exception {
    assertThat(Deb822.parseAll("\n\n")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'Package: a\nPackage: b' | stands twice",
        "'Package: a\nPACKAGE: b' | stands twice",
        "'\n continued'           | line 2: expected a field",
        "'Package'                | line 1: expected 'Field: value'",
        "': a'                    | line 1: expected 'Field: value'",
      })
  void refusesWhatIsNotControlSyntax(String text, String complaint) {
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> Deb822.parseAll(text))
        .withMessageContaining(complaint);
  }
}
