package org.whonix2.rebuilder.apt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.whonix2.core.MalformedInputException;

class ArchiveAddressTest {
  private static final String MACHINE =
      """
      Types: deb
      URIs: http://mirror.example/debian
      Suites: bookworm bookworm-updates
      Components: main contrib
      Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
      """;

  @Test
  void aSuiteMayStandBehindTheUrl() throws Exception {
    assertThat(ArchiveAddress.parse("http://a.example/debian"))
        .isEqualTo(new ArchiveAddress("http://a.example/debian", Optional.empty()));
    assertThat(ArchiveAddress.parse("https://a.example/s bookworm-security").suite())
        .contains("bookworm-security");
    assertThat(ArchiveAddress.parse("file:/srv/old").uri()).isEqualTo("copy:///srv/old");
    assertThat(ArchiveAddress.parse("file:///srv/old").uri()).isEqualTo("copy:///srv/old");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/srv/old",
        "ftp://a.example/debian",
        "rsh:a.example",
        "copy:/srv",
        "http://a.example/debian\nTrusted: yes",
        "http://a.example/debian  sid",
        "http://a.example/debian sid main",
        "http://a.example/debian [trusted=yes]"
      })
  void anythingElseIsRefused(String text) {
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> ArchiveAddress.parse(text));
  }

  @Test
  void keysAndComponentsAreTheMachines() throws Exception {
    MachineSources machine = MachineSources.of(MACHINE);

    assertThat(
            machine.with(
                "bookworm",
                List.of(ArchiveAddress.parse("http://a.example/debian")),
                List.of(ArchiveAddress.parse("http://old.example/debian sid"))))
        .extracting(sources -> sources.forSuite("bookworm").orElseThrow())
        .isEqualTo(
            """
            Types: deb deb-src
            URIs: http://a.example/debian
            Suites: bookworm
            Components: main contrib
            Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

            Types: deb deb-src
            URIs: http://old.example/debian
            Suites: sid
            Components: main contrib
            Check-Valid-Until: no
            Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
            """);
    assertThat(machine.with("bookworm", List.of(), List.of()).forSuite("bookworm"))
        .isEqualTo(machine.forSuite("bookworm"));
  }

  @Test
  void secretsInAnAddressAreRefused() {
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(
            () ->
                MachineSources.of(MACHINE)
                    .with(
                        "bookworm",
                        List.of(ArchiveAddress.parse("http://me:secret@a.example/debian")),
                        List.of()))
        .withMessageNotContaining("secret");
  }
}
