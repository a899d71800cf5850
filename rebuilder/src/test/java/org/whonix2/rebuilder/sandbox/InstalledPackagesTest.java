package org.whonix2.rebuilder.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.digest.Sha256;

class InstalledPackagesTest {
  private static final String ZLIB = entry("zlib1g", "1:1.2.13.dfsg-1", "amd64");
  private static final String BASE = entry("base-files", "12.4+deb12u15", "amd64");
  private static final String DEBHELPER = entry("debhelper", "13.11.4", "all");

  private static String entry(String name, String version, String architecture) {
    return "Package: %s\nStatus: install ok installed\nArchitecture: %s\nVersion: %s\n\n"
        .formatted(name, architecture, version);
  }

  private static Sha256 digest(String status) throws MalformedInputException {
    return InstalledPackages.parse(status).digest();
  }

  @Test
  void theDigestIsOverSortedLines() throws Exception {
    assertThat(digest(ZLIB + DEBHELPER + BASE))
        .isEqualTo(
            Sha256.of(
                """
                base-files 12.4+deb12u15 amd64
                debhelper 13.11.4 all
                zlib1g 1:1.2.13.dfsg-1 amd64
                """
                    .getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void orderInTheFileDoesNotMatterButEveryFieldDoes() throws Exception {
    assertThat(digest(BASE + ZLIB)).isEqualTo(digest(ZLIB + BASE));
    assertThat(digest(BASE)).isNotEqualTo(digest(BASE + ZLIB));
    assertThat(digest(entry("a1", "1", "all"))).isNotEqualTo(digest(entry("a1", "2", "all")));
    assertThat(digest(entry("a1", "1", "all"))).isNotEqualTo(digest(entry("a1", "1", "amd64")));
  }

  @Test
  void whatWasRemovedIsNotInstalled() throws Exception {
    String removed = BASE.replace("install ok installed", "deinstall ok config-files");
    assertThat(digest(ZLIB + removed)).isEqualTo(digest(ZLIB));
  }

  @ParameterizedTest
  @CsvSource({
    "install ok installed, install ok half-configured",
    "install ok installed, install reinstreq installed",
    "install ok installed, installed",
    "Package: base-files, Package: ..",
    "Version: 12, Version: x y 12",
  })
  void refusesARootThatIsNotWhole(String from, String to) {
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> InstalledPackages.parse(ZLIB + BASE.replace(from, to)));
  }

  @Test
  void refusesTwiceAndNothing() {
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> InstalledPackages.parse(BASE + BASE));
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> InstalledPackages.parse("\n"));
  }
}
