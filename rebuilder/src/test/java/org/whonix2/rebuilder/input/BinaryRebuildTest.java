package org.whonix2.rebuilder.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.artifact.PackageName;
import org.whonix2.core.artifact.PackageVersion;

class BinaryRebuildTest {
  private static final PackageName BZIP2 = new PackageName("bzip2");
  private static final PackageVersion SOURCE = new PackageVersion("1.0.8-5");

  /** The archive's own for amd64. */
  static final String ENTRY =
      """
      bzip2 (1.0.8-5+b1) sid; urgency=low, binary-only=yes

        * Binary-only non-maintainer upload for amd64; no source changes.
        * Rebuild against dpkg-dev with #1000421 fixed

       -- amd64 / i386 Build Daemon (x86-ubc-01) <buildd_amd64-x86-ubc-01@buildd.debian.org>  Mon, 19 Sep 2022 02:54:09 +0000

      """;

  @Test
  void theEntryIsKeptAsItIs() throws Exception {
    BinaryRebuild rebuild = BinaryRebuild.parse(ENTRY, BZIP2, SOURCE);

    assertThat(rebuild.version()).hasToString("1.0.8-5+b1");
    assertThat(rebuild.entry()).isEqualTo(ENTRY);
    assertThat(BinaryRebuild.parse(ENTRY.stripTrailing(), BZIP2, SOURCE)).isEqualTo(rebuild);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          bzip2 (                | gzip2 (
          (1.0.8-5+b1)           | (1.0.8-6+b1)
          (1.0.8-5+b1)           | (1.0.8-5)
          (1.0.8-5+b1)           | (1.0.8-5+b0)
          (1.0.8-5+b1)           | (1.0.8-5+b1.1)
          , binary-only=yes      | , binary-only=no
          , binary-only=yes      | ''
          '  * Rebuild'          | '* Rebuild'
          ' -- amd64'            | '-- amd64'
          '>  Mon'               | '> Mon'
          '  * Rebuild'          | ' -- X <x@example.org>  Mon, 19 Sep 2022 02:54:09 +0000'
          bzip2 (1.0.8-5+b1)     | ''
          """)
  void anythingElseIsRefused(String part, String instead) {
    String changed = ENTRY.replace(part, instead);

    assertThat(changed).isNotEqualTo(ENTRY);
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> BinaryRebuild.parse(changed, BZIP2, SOURCE));
  }

  @Test
  void twoEntriesAreRefused() {
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> BinaryRebuild.parse(ENTRY + ENTRY, BZIP2, SOURCE));
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> BinaryRebuild.parse(ENTRY + "x".repeat(70_000), BZIP2, SOURCE))
        .withMessageContaining("at most");
  }
}
