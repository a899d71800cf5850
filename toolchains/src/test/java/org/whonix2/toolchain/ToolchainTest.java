package org.whonix2.toolchain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.digest.Sha256;

class ToolchainTest {
  private static final String GOOD =
      """
      apiVersion: toolchain.whonix2.org/v1
      kind: Toolchain
      metadata: {name: gcc-12}
      hashClass: gcc-12
      packages: [gcc-12]
      compilerRoots: [gcc]
      knownLimits: [none known]
      """;

  private static Toolchain parse(String yaml) throws MalformedInputException {
    return Toolchain.parse(yaml.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void theDebianCompilerShipsWithUsAndComesFromGcc() throws Exception {
    Toolchain gcc = Toolchain.named("gcc-12").orElseThrow();
    assertThat(gcc.hashClass()).isEqualTo("gcc-12");
    assertThat(gcc.compilerRoots()).containsExactly("gcc");
    assertThat(gcc.packages()).contains("gcc-12");
  }

  @Test
  void nobodyElseShipsYet() throws Exception {
    assertThat(Toolchain.named("pcc")).isEmpty();
  }

  @Test
  void theDigestIsThatOfTheBytes() throws Exception {
    assertThat(parse(GOOD).digest()).isEqualTo(Sha256.of(GOOD.getBytes(StandardCharsets.UTF_8)));
    assertThat(parse(GOOD + "# a comment\n").digest()).isNotEqualTo(parse(GOOD).digest());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "../gcc-12", "gcc-12/", "GCC", "a b", "-x"})
  void aNameIsNotAPath(String name) {
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> Toolchain.named(name));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "hashClass: gcc-12         | 'hashClass: gcc-12\nhashClass: x'  | line 5: key 'hashClass' stands",
        "hashClass: gcc-12         | 'hashClass: gcc-12\ncolour: red'   | line 5: unknown key 'colour'",
        "hashClass: gcc-12         | '# no class'                        | expected a key 'hashClass'",
        "toolchain.whonix2.org/v1  | toolchain.whonix2.org/v2            | line 1: apiVersion: expected",
        "kind: Toolchain           | kind: Policy                        | line 2: kind: expected",
        "{name: gcc-12}            | {name: Gcc}                         | line 3: metadata.name: expected",
        "{name: gcc-12}            | {name: gcc-12, digest: x}           | line 3: unknown key 'metadata.d",
        "packages: [gcc-12]        | 'packages: [gcc-12, gcc-12]'        | line 5: packages: expected each",
        "packages: [gcc-12]        | 'packages: [gcc-12=1]'              | line 5: packages: expected a pa",
        "packages: [gcc-12]        | packages: [-o]                      | line 5: packages: expected a pa",
        "packages: [gcc-12]        | packages: gcc-12                    | line 5: packages: expected a li",
        "compilerRoots: [gcc]      | compilerRoots: []                   | at least one compiler root",
        "knownLimits: [none known] | 'knownLimits: [!!str x]'            | without anchors",
      })
  void refusesAnyOtherShapeAndSaysWhere(String from, String to, String complaint) {
    String bad = GOOD.replace(from, to);
    assertThat(bad).isNotEqualTo(GOOD);
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> parse(bad))
        .withMessageContaining(complaint);
  }

  @Test
  void refusesNothingAndTooMuch() {
    assertThatExceptionOfType(MalformedInputException.class).isThrownBy(() -> parse(""));
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> parse(GOOD + "#".repeat(Toolchain.MAX_BYTES)))
        .withMessageContaining("at most 65536 bytes");
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> Toolchain.parse(new byte[] {(byte) 0xff}));
  }
}
