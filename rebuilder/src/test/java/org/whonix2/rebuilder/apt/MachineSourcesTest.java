package org.whonix2.rebuilder.apt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.whonix2.core.MalformedInputException;

class MachineSourcesTest {
  @TempDir Path etc;

  private MachineSources read(String name, String content) throws Exception {
    Path file = etc.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, content);
    return MachineSources.read(etc);
  }

  @Test
  void aDebLineAloneGivesPackagesAndSources() throws Exception {
    MachineSources machine =
        read(
            "sources.list",
            "# mine\ndeb [arch=amd64 signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://m.test/debian bookworm main x # y\n");
    assertThat(machine.forSuite("bookworm").orElseThrow())
        .isEqualTo(
            """
            Types: deb deb-src
            URIs: http://m.test/debian
            Suites: bookworm
            Components: main x
            Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
            """);
  }

  @Test
  void anotherRepositoryWithTheSuitesNameIsNotTheArchive() throws Exception {
    Files.writeString(
        etc.resolve("sources.list"),
        """
        deb [arch=amd64 signed-by=/etc/apt/keyrings/docker.gpg] https://d.test/debian bookworm stable
        deb http://m.test/debian bookworm main
        """);
    MachineSources machine =
        read(
            "sources.list.d/a.sources",
            """
            Types: deb
            URIs: https://t.test/torproject
            Suites: bookworm
            Components: main
            Signed-By: /usr/share/keyrings/deb.torproject.org-keyring.gpg

            Types: deb
            URIs: http://n.test/debian
            Suites: bookworm
            Components: main
            Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
            """);
    assertThat(
            machine.forSuite("bookworm").orElseThrow().lines().filter(l -> l.startsWith("URIs:")))
        .containsExactly("URIs: http://m.test/debian", "URIs: http://n.test/debian");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/etc/apt/keyrings/docker.gpg",
        "/usr/share/keyrings/debian-archive-keyring.gpg /etc/apt/keyrings/docker.gpg",
        "/usr/share/keyrings/debian-archive-keyring.gpg,/etc/apt/keyrings/docker.gpg",
        "/srv/debian-archive-keyring.gpg/docker.gpg",
        "debian-archive-keyring.gpg",
        "9DC858229FC7DD38854AE2D88D81803C0EBFCD88",
        "\n -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n abc=\n -----END PGP PUBLIC KEY BLOCK-----",
      })
  void onlyDebiansKeyringsVouchForTheArchive(String signedBy) throws Exception {
    MachineSources machine =
        read(
            "sources.list.d/a.sources",
            "URIs: http://m.test/\nSuites: bookworm\nComponents: main\nSigned-By: "
                + signedBy
                + "\n");
    assertThat(machine.forSuite("bookworm")).isEmpty();
    assertThat(machine.suites()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"https://me:geheim@m.test/debian", "mirror+https://geheim@m.test/list"})
  void aMirrorThatNeedsAPasswordIsRefusedWithoutShowingIt(String uri) {
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> read("sources.list", "deb " + uri + " bookworm main\n"))
        .withMessageContaining("without user name and password")
        .withMessageContaining("m.test")
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("geheim"));
  }

  @Test
  void aSuiteBringsItsUpdatesAndSecurityAndNothingElse() throws Exception {
    MachineSources machine =
        read(
            "sources.list.d/a.sources",
            """
            Types: deb
            URIs: http://m.test/debian http://n.test/debian
            Suites: bookworm bookworm-updates bookworm-backports trixie
            Components: main

            Types: deb
            URIs: http://m.test/security
            Suites: bookworm-security
            Components: main
            """);
    String sources = machine.forSuite("bookworm").orElseThrow();
    assertThat(sources.lines().filter(line -> line.startsWith("Suites:")))
        .containsExactly(
            "Suites: bookworm",
            "Suites: bookworm",
            "Suites: bookworm-updates",
            "Suites: bookworm-updates",
            "Suites: bookworm-security");
    assertThat(machine.forSuite("sid")).isEmpty();
    assertThat(machine.suites()).contains("trixie", "bookworm-backports");
  }

  @Test
  void oneMirrorNamedTwiceStandsOnce() throws Exception {
    Files.writeString(
        etc.resolve("sources.list"), "deb-src http://m.test/debian bookworm main contrib\n");
    MachineSources machine =
        read(
            "sources.list.d/a.list",
            "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://m.test/debian bookworm main non-free\n");
    assertThat(machine.forSuite("bookworm").orElseThrow())
        .containsOnlyOnce("URIs:")
        .contains("Components: main contrib non-free")
        .contains("Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Types: deb\nEnabled: no\nURIs: http://m.test/\nSuites: bookworm\nComponents: main\n",
        "Types: deb\nURIs: http://m.test/\nSuites: bookworm/\n",
      })
  void disabledAndFlatEntriesAreLeftOut(String entry) throws Exception {
    assertThat(read("sources.list.d/a.sources", entry).forSuite("bookworm")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "deb [trusted=yes] http://m.test/ bookworm main\n",
        "deb http://m.test/ bookworm main"
      })
  void noEntryMakesItselfTrusted(String line) throws Exception {
    assertThat(read("sources.list", line).forSuite("bookworm").orElseThrow())
        .doesNotContainIgnoringCase("trusted")
        .doesNotContain("Signed-By");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.list.save", "a.sources.disabled", "a b.list", "README"})
  void filesThatAptIgnoresAreIgnored(String name) throws Exception {
    assertThat(read("sources.list.d/" + name, "deb http://m.test/ bookworm main").suites())
        .isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "sources.list        | deb http://m.test/                              | line 1: expected",
        "sources.list        | rpm http://m.test/ bookworm main                | line 1: expected",
        "sources.list        | deb no-scheme bookworm main                     | expected a URI",
        "sources.list.d/a.sources | 'URIs: http://m.test/\nSuites: a\"b'      | expected a suite",
      })
  void refusesWhatItCannotReadAndNamesTheFile(String name, String content, String complaint) {
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> read(name, content))
        .withMessageContaining(name)
        .withMessageContaining(complaint);
  }
}
