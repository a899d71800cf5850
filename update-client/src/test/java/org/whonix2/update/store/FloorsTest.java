package org.whonix2.update.store;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.verdict.Kept;

/** What a box does not go back behind, and the file that says so. */
class FloorsTest {
  private static final Instant NOON = Instant.parse("2026-06-01T12:00:00Z");

  @TempDir private Path folder;

  private static Floors parse(String text) throws MalformedInputException {
    return Floors.parse(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 9, 999_999_999, 1_000_000_000, 2026112201, Integer.MAX_VALUE})
  void everySerialThatAPolicyMayHaveIsReadAgain(int serial) throws Exception {
    Floors floors = Floors.none().raised(NOON).raised("test", serial).raised("other", 1);
    try (BoxStore store = BoxStore.open(folder, true)) {
      store.raise(floors);
      assertThat(store.floors()).isEqualTo(floors);
      assertThat(store.floors().under("test")).isEqualTo(new Kept(serial, NOON));
    }
  }

  @Test
  void isTheTextThatItWasReadFrom() throws Exception {
    for (String text :
        new String[] {
          "clock 0\n",
          "clock 1780315200\npolicy a 2147483647\n",
          "clock 999999999999\npolicy a 1\npolicy b.c_d-e 1000000000\n"
        }) {
      assertThat(parse(text).toBytes()).asString(StandardCharsets.US_ASCII).isEqualTo(text);
    }
  }

  @Test
  void floorsOnlyRise() {
    Floors floors = Floors.none().raised(NOON).raised("test", 7);
    assertThat(floors.raised(NOON.minusSeconds(1)).raised("test", 6)).isEqualTo(floors);
    assertThat(floors.raised(NOON.plusSeconds(1)).raised("test", 8).under("test"))
        .isEqualTo(new Kept(8, NOON.plusSeconds(1)));
  }

  @Test
  void aPolicyOfAnotherNameHasNone() {
    assertThat(Floors.none().raised("test", 7).under("tes")).isEqualTo(Kept.NOTHING);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ''                                  | expected lines that end with a line feed, found nothing
          clock 1                             | expected lines that end with a line feed, found none
          clock 1;policy a 12                 | expected lines that end with a line feed, found none
          ;                                   | line 1: expected 'clock'
          policy a 1;                         | line 1: expected 'clock'
          clock -1;                           | line 1: expected 'clock'
          clock 1234567890123;                | line 1: expected 'clock'
          clock 1 ;                           | line 1: expected 'clock'
          clock 1~;                           | line 1: expected 'clock'
          clock 1;clock 2;                    | line 2: expected 'policy'
          clock 1;;                           | line 2: expected 'policy'
          clock 1;policy a 1;;                | line 3: expected 'policy'
          clock 1;policy a 0;                 | line 2: expected 'policy'
          clock 1;policy a 01;                | line 2: expected 'policy'
          clock 1;policy a -1;                | line 2: expected 'policy'
          clock 1;policy a 1~;                | line 2: expected 'policy'
          clock 1;policy a b 1;               | line 2: expected 'policy'
          clock 1;policy .a 1;                | line 2: expected 'policy'
          clock 1;policy \u00e4 1;            | line 2: expected 'policy'
          clock 1;policy a 2147483648;        | line 2: expected a serial of at most 2147483647
          clock 1;policy a 9999999999;        | line 2: expected a serial of at most 2147483647
          clock 1;policy a 99999999999999999; | line 2: expected 'policy'
          clock 1;policy a 1;policy a 2;      | line 3: expected each policy once
          """)
  void whatIsMalformedIsSaidWithItsLine(String lines, String message) {
    String text = lines.replace(';', '\n').replace('~', '\r');
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> parse(text))
        .withMessageStartingWith(message);
  }

  @Test
  void aDamagedFileIsNamed() throws Exception {
    Path file = Files.createDirectories(folder.resolve("update")).resolve("floors");
    Files.write(file, SealedText.seal("clock 1\npolicy a 2147483648\n".getBytes(US_ASCII)));
    try (BoxStore store = BoxStore.open(folder, false)) {
      assertThatExceptionOfType(MalformedInputException.class)
          .isThrownBy(store::floors)
          .withMessageStartingWith(file + ": line 2: expected a serial of at most 2147483647");
      for (String cut : new String[] {"", "clock 1\n", "clock 1\npolicy a 2\nsha256 00\n"}) {
        Files.writeString(file, cut);
        assertThatExceptionOfType(MalformedInputException.class)
            .isThrownBy(store::floors)
            .withMessage(
                file + ": expected a last line with the SHA-256 of those before it, found another");
      }
    }
  }
}
