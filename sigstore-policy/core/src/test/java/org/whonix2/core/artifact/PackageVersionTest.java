package org.whonix2.core.artifact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.whonix2.core.MalformedInputException;

class PackageVersionTest {
  @ParameterizedTest
  @CsvSource({
    "2.10-0.1+deb12u2, 2.10-0.1+deb12u2, 2.10",
    "1:2.0, 2.0, 2.0",
    "1:2.0-1, 2.0-1, 2.0",
    "1.2-3-4, 1.2-3-4, 1.2-3",
    "0.9.27+git20200814.62c30a4a-1, 0.9.27+git20200814.62c30a4a-1, 0.9.27+git20200814.62c30a4a",
    "1:1:2-3, 1:2-3, 1:2",
    "5~rc1, 5~rc1, 5~rc1",
  })
  void parts(String text, String withoutEpoch, String upstream) throws Exception {
    PackageVersion version = PackageVersion.parse(text);
    assertThat(version).hasToString(text);
    assertThat(version.withoutEpoch()).isEqualTo(withoutEpoch);
    assertThat(version.upstream()).isEqualTo(upstream);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", "a", "1-", "-1", "1:", ":1", "a:1", "1/2", "1 2", "1\n", "1_2", "1:2-", "1:1-2:3",
        "1-1:2"
      })
  void refusesAnythingElse(String text) {
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> PackageVersion.parse(text));
  }

  @Test
  void aLongVersionIsRefusedQuickly() {
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> PackageVersion.parse("1" + "-1".repeat(100_000)));
  }
}
