package org.whonix2.core.statement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.whonix2.core.MalformedInputException;

class MemberNameTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "a",
        "alpha-1",
        "0.a_b",
        "x2345678901234567890123456789012345678901234567890123456789012_4"
      })
  void aNameComesBack(String name) throws Exception {
    assertThat(MemberName.parse(name)).hasToString(name);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ".",
        "..",
        "../x",
        "a/b",
        "A",
        "a b",
        "-a",
        ".a",
        "a\n",
        "a\u0000",
        "x23456789012345678901234567890123456789012345678901234567890123_5"
      })
  void aNameIsNoPath(String name) {
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> MemberName.parse(name));
    assertThatIllegalArgumentException().isThrownBy(() -> new MemberName(name));
  }
}
