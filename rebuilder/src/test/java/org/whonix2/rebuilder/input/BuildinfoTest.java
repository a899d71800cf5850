package org.whonix2.rebuilder.input;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.statement.Binaries;

class BuildinfoTest {
  private static final String TEXT =
      """
      Format: 1.0
      Source: bzip2 (1.0.8-5)
      Binary: bzip2 libbz2-1.0
      Architecture: amd64
      Version: 1.0.8-5+b1
      Binary-Only-Changes:
       bzip2 (1.0.8-5+b1) sid; urgency=low, binary-only=yes
       .
         * Binary-only non-maintainer upload for amd64; no source changes.
         * Rebuild against dpkg-dev with #1000421 fixed
       .
        -- amd64 / i386 Build Daemon (x86-ubc-01) <buildd_amd64-x86-ubc-01@buildd.debian.org>  Mon, 19 Sep 2022 02:54:09 +0000
      Checksums-Sha256:
       DIGEST 49804 bzip2_1.0.8-5+b1_amd64.deb
       DIGEST 2206 bzip2_1.0.8-5.dsc
      Build-Origin: Debian
      Build-Architecture: amd64
      Build-Date: Mon, 19 Sep 2022 02:55:00 +0000
      Build-Path: /build/reproducible-path/bzip2-1.0.8
      Installed-Build-Depends:
       autoconf (= 2.71-2),
       libc6-i386:i386 (= 2.36-9),
       g++ (= 4:12.2.0-3)
      Environment:
       DEB_BUILD_OPTIONS="parallel=8 nocheck"
       LANG="C.UTF-8"
       LC_ALL="C.UTF-8"
       SOURCE_DATE_EPOCH="1663556049"
      """
          .replace("DIGEST", "a".repeat(64));

  private static Buildinfo parse(String text) throws MalformedInputException {
    return Buildinfo.parse(text.getBytes(UTF_8));
  }

  @Test
  void everyFieldThatCountsIsRead() throws Exception {
    Buildinfo read = parse(TEXT);

    assertThat(read.source()).hasToString("bzip2");
    assertThat(read.sourceVersion()).hasToString("1.0.8-5");
    assertThat(read.rebuild().orElseThrow().entry()).isEqualTo(BinaryRebuildTest.ENTRY);
    assertThat(read.binaries()).isEqualTo(Binaries.ANY);
    assertThat(read.files()).extracting("name").containsExactly("bzip2_1.0.8-5+b1_amd64.deb");
    assertThat(read.dsc().orElseThrow().name()).isEqualTo("bzip2_1.0.8-5.dsc");
    assertThat(read.buildPath()).contains("/build/reproducible-path/bzip2-1.0.8");
    assertThat(read.dependencies())
        .hasToString("[autoconf=2.71-2, libc6-i386:i386=2.36-9, g++=4:12.2.0-3]");
    assertThat(read.environment()).isEqualTo(new BuildEnvironment("nocheck", "C.UTF-8"));
  }

  @ParameterizedTest
  @CsvSource({"amd64, any", "all, all", "all amd64, binary", "amd64 source, any"})
  void architecturesSayWhatIsBuilt(String architectures, String binaries) throws Exception {
    String changed =
        TEXT.replace(
            "Architecture: amd64\nVersion", "Architecture: " + architectures + "\nVersion");

    assertThat(parse(changed).binaries()).hasToString(binaries);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          Format: 1.0                | Format: 2.0
          Source: bzip2 (1.0.8-5)    | Source: bzip2
          Source: bzip2 (1.0.8-5)    | Source: ../bzip2 (1.0.8-5)
          Source: bzip2 (1.0.8-5)    | Source: bzip2 (1.0.8-4)
          Version: 1.0.8-5+b1        | Version: 1.0.8-5+b2
          Architecture: amd64        | Architecture: source
          49804 bzip2_1.0.8          | 49804 ../bzip2_1.0.8
          /build/reproducible-path/  | /home/builder/
          /build/reproducible-path/  | /build/../
          Build-Path: /build/reproducible-path/bzip2-1.0.8 | Build-Path: /build/
          (= 2.71-2)                 | (>= 2.71-2)
          autoconf (= 2.71-2)        | autoconf
          autoconf (= 2.71-2)        | g++ (= 4:12.2.0-3)
          autoconf (= 2.71-2)        | -oDebug=1 (= 2.71-2)
          LANG="C.UTF-8"             | CC="clang"
          LANG="C.UTF-8"             | CFLAGS="-O3"
          LANG="C.UTF-8"             | DEB_BUILD_PROFILES="nodoc"
          LANG="C.UTF-8"             | LD_PRELOAD="x"
          LANG="C.UTF-8"             | LANG=C
          LANG="C.UTF-8"             | LC_ALL="C"
          parallel=8 nocheck         | parallel=8 $(id)
          parallel=8 nocheck         | hardening=-all
          parallel=8 nocheck         | nocheck noopt
          Build-Architecture: amd64  | X-Other: amd64
          Build-Origin: Debian       | Version: 2
          """)
  void whatNoBuilderRecordsIsRefused(String part, String instead) {
    String changed =
        TEXT.replaceFirst(
            java.util.regex.Pattern.quote(part), java.util.regex.Matcher.quoteReplacement(instead));

    assertThat(changed).isNotEqualTo(TEXT);
    assertThatExceptionOfType(MalformedInputException.class).isThrownBy(() -> parse(changed));
  }

  @Test
  void aRebuildWithoutItsEntryIsRefused() {
    String changed = TEXT.replaceAll("(?s)Binary-Only-Changes:.*?(?=Checksums)", "");

    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> parse(changed))
        .withMessageContaining("expected Binary-Only-Changes");
  }
}
