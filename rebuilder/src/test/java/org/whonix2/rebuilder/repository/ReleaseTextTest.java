package org.whonix2.rebuilder.repository;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.digest.Sha256;

/** What of a Release file is compared before it is signed. */
class ReleaseTextTest {
  private static final Sha256 DIGEST = Sha256.of(new byte[] {1});
  private static final String INDEX = "main/binary-amd64/Packages";
  private static final String GOOD =
      """
      Origin: whonix2
      Label: whonix2 variants
      Suite: variants
      Codename: variants
      Date: Mon, 23 Nov 2026 06:00:00 +0000
      Valid-Until: Wed, 23 Dec 2026 06:00:00 +0000
      Acquire-By-Hash: yes
      Architectures: amd64
      Components: main
      SHA256:
       %s               12 main/binary-amd64/Packages
      """
          .formatted(DIGEST);

  private static void require(String release) throws Exception {
    ReleaseText text = ReleaseText.parse(release);
    text.requireOf(
        RepositorySettings.of(
            Path.of("/srv/x"), "variants", "whonix2", "whonix2 variants", 30, false),
        Set.of("amd64"));
    text.requireFiles(new TreeMap<>(Map.of(INDEX, new ReleaseText.Listed(DIGEST, 12))));
  }

  @Test
  void whatWasAskedForIsTaken() throws Exception {
    require(GOOD);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Suite: variants  | Suite: stable                     | expected Suite: variants",
        "Codename: var    | Codename: x                       | expected Codename: variants",
        "Origin: whonix2  | Origin: Debian                    | expected Origin: whonix2",
        "Label: whonix2   | Label: Debian                     | expected Label: whonix2 variants",
        "s: amd64         | s: amd64 i386                     | expected Architectures: amd64",
        "s: main          | s: main contrib                   | expected Components: main",
        "Hash: yes        | Hash: no                          | expected Acquire-By-Hash: yes",
        "12 main          | 13 main                           | digests of our own indices",
        "64/Packages      | 64/Packages.gz                    | digests of our own indices",
        "SHA256:          | 'SHA256:\n 00 1 main/other'       | digests of our own indices",
        "Date: Mon        | Dated: Mon                        | expected a field 'Date'",
      })
  void whatIsOtherwiseIsNotSigned(String from, String to, String says) {
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> require(GOOD.replace(from, to)))
        .withMessageContaining(says);
  }

  @Test
  void everyIndexMustBeListed() {
    String other = Sha256.of(new byte[] {2}).toString();
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> require(GOOD.replace(DIGEST.toString(), other)));
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(
            () ->
                ReleaseText.parse(GOOD)
                    .requireFiles(
                        new TreeMap<>(
                            Map.of(
                                INDEX,
                                new ReleaseText.Listed(DIGEST, 12),
                                INDEX + ".xz",
                                new ReleaseText.Listed(DIGEST, 1)))))
        .withMessageContaining("expected main/binary-amd64/Packages.xz in a Release file");
  }
}
