package org.whonix2.core.yaml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.whonix2.core.MalformedInputException;

class StrictYamlTest {
  private static YamlFields read(String yaml) throws MalformedInputException {
    return StrictYaml.mapping(yaml.getBytes(StandardCharsets.UTF_8), 10_000);
  }

  @Test
  void readsWhatIsAskedFor() throws Exception {
    YamlFields fields = read("name: a\nage: 7d\ncount: 3\nlist: [x, y]\ninner: {k: v}\n");
    assertThat(fields.string("name")).isEqualTo("a");
    assertThat(fields.duration("age")).isEqualTo(Duration.ofDays(7));
    assertThat(fields.number("count", 1)).isEqualTo(3);
    assertThat(fields.list("list", text -> text)).containsExactly("x", "y");
    YamlFields inner = fields.mapping("inner");
    assertThat(inner.string("k")).isEqualTo("v");
    inner.end();
    fields.end();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a: 1;b: 2;a: 3 | line 3: key 'a' stands twice",
        "a: &x 1;b: *x | line 1: expected plain YAML",
        "a: !!int 1 | line 1: expected plain YAML",
        "a: !!map {} | line 1: expected plain YAML",
        "a: [[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]] | line 1: expected plain YAML nested at most 16",
        "- a | line 1: expected a mapping",
        "a: 1;---;b: 2 | not YAML",
        "a: {b: 1 | not YAML",
        "[a, b]: 1 | not YAML: Non scalar key",
      })
  void refusesWhatIsNotPlain(String yaml, String complaint) {
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> read(yaml.replace(";", "\n")))
        .withMessageContaining(complaint);
  }

  @Test
  void refusesMoreThanTheLimitAndOtherThanUtf8() {
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> StrictYaml.mapping(new byte[11], 10))
        .withMessage("expected at most 10 bytes of YAML, found 11");
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> StrictYaml.mapping(new byte[] {'a', ':', ' ', (byte) 0xff}, 10))
        .withMessageContaining("UTF-8");
  }

  @Test
  void nothingAtAllIsRefused() {
    assertThatExceptionOfType(MalformedInputException.class).isThrownBy(() -> read(""));
    assertThatExceptionOfType(MalformedInputException.class).isThrownBy(() -> read("# nothing"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "n: 0 | line 1: n: expected a whole number of at least 1, found '0'",
        "n: \"3\" | line 1: n: expected a whole number",
        "n: 3.0 | line 1: n: expected a whole number",
        "n: -3 | line 1: n: expected a whole number",
        "n: 99999999999 | line 1: n: expected a whole number",
        "n: 0x3 | line 1: n: expected a whole number",
        "n: 1_000 | line 1: n: expected a whole number",
        "m: 1 | line 1: expected a key 'n' with a whole number, found none",
      })
  void aNumberIsPlainDigits(String yaml, String complaint) {
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> read(yaml).number("n", 1))
        .withMessageContaining(complaint);
  }

  @Test
  void anUnknownKeyIsNamedWithItsLine() throws Exception {
    YamlFields fields = read("a: 1\nb: {c: 1,\n  treshold: 2}\n");
    fields.number("a", 1);
    YamlFields inner = fields.mapping("b");
    inner.number("c", 1);
    fields.end();
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(inner::end)
        .withMessage("line 3: unknown key 'b.treshold'");
  }

  @Test
  void controlCharactersNeverReachAMessage() {
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> read("n: \"\\x1b[2J\"").number("n", 1))
        .withMessageNotContaining("\u001b");
  }
}
