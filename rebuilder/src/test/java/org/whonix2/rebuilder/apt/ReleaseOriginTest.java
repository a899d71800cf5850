package org.whonix2.rebuilder.apt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.whonix2.io.cli.CommandException;
import org.whonix2.io.cli.ExitCode;

class ReleaseOriginTest {
  private static final String SIGNED =
      """
      -----BEGIN PGP SIGNED MESSAGE-----
      Hash: SHA256

      Origin: %s
      Suite: stable
      SHA256:
       00 1 main/x
      -----BEGIN PGP SIGNATURE-----

      abc=
      -----END PGP SIGNATURE-----
      """;

  @TempDir Path lists;

  @Test
  void debiansListsAreTaken() throws Exception {
    Files.writeString(lists.resolve("m_dists_bookworm_InRelease"), SIGNED.formatted("Debian"));
    Files.writeString(lists.resolve("n_dists_bookworm_Release"), "Origin: Debian\nSuite: x\n");
    Files.writeString(lists.resolve("m_dists_bookworm_main_source_Sources"), "Package: a\n");
    ReleaseOrigin.requireDebian(lists);
  }

  @ParameterizedTest
  @CsvSource({"Docker, found 'Docker'", "'Debian ports', found 'Debian ports'", "'', found ''"})
  void oneListOfAnotherArchiveIsEnoughToStop(String origin, String found) throws Exception {
    Files.writeString(lists.resolve("m_dists_bookworm_InRelease"), SIGNED.formatted("Debian"));
    for (String content : new String[] {SIGNED.formatted(origin), "Origin: " + origin + "\n"}) {
      Files.writeString(lists.resolve("o_dists_bookworm_InRelease"), content);
      assertThatExceptionOfType(CommandException.class)
          .isThrownBy(() -> ReleaseOrigin.requireDebian(lists))
          .withMessageContaining("o_dists_bookworm_InRelease")
          .withMessageContaining(found)
          .satisfies(e -> assertThat(e.exitCode()).isEqualTo(ExitCode.OUTSIDE_FAILED))
          .satisfies(e -> assertThat(e.hint()).contains("Signed-By"));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "'Origin: Debian\n\nOrigin: Debian\n'",
    "'-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nOrigin: Debian\n'",
    "no fields",
  })
  void whatCannotBeReadIsNotDebians(String content) throws Exception {
    Files.writeString(lists.resolve("o_Release"), content);
    assertThatExceptionOfType(CommandException.class)
        .isThrownBy(() -> ReleaseOrigin.requireDebian(lists))
        .withMessageContaining("o_Release: ");
  }

  @Test
  void noListAtAllIsNotDebians() {
    assertThatExceptionOfType(CommandException.class)
        .isThrownBy(() -> ReleaseOrigin.requireDebian(lists))
        .withMessageContaining("found none");
  }
}
