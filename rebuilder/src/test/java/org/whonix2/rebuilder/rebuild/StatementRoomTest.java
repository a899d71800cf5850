package org.whonix2.rebuilder.rebuild;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.artifact.Architecture;
import org.whonix2.core.statement.GitId;
import org.whonix2.core.statement.GitSource;
import org.whonix2.core.statement.GitSubmodule;
import org.whonix2.core.statement.GitTag;
import org.whonix2.core.statement.GitUrl;
import org.whonix2.core.statement.Statement;
import org.whonix2.io.cli.CommandException;
import org.whonix2.io.cli.ExitCode;
import org.whonix2.rebuilder.Results;

class StatementRoomTest {
  private static final Architecture AMD64 = new Architecture("amd64");

  @TempDir Path folder;

  private void require(String dsc) throws Exception {
    Files.writeString(folder.resolve("tiny_1.dsc"), dsc);
    StatementRoom.require(Results.request(folder), Results.source(folder), AMD64);
  }

  private static String announcing(int count) {
    return "Format: 3.0 (native)\nPackage-List:\n"
        + IntStream.range(0, count)
            .mapToObj(i -> " tiny-" + i + " deb misc optional arch=any\n")
            .collect(Collectors.joining())
        + "Files:\n";
  }

  @Test
  void moreThanALogTakesIsRefusedBeforeTheBuild() {
    assertThatExceptionOfType(CommandException.class)
        .isThrownBy(() -> require(announcing(400)))
        .withMessageMatching(
            "tiny 1 builds 400 packages, .* at least \\d+ bytes: expected at most 48000.*")
        .satisfies(e -> assertThat(e.exitCode()).isEqualTo(ExitCode.REFUSED))
        .satisfies(e -> assertThat(e.hint()).startsWith("nothing was built"));
  }

  @Test
  void whatFitsPasses() {
    for (String dsc : new String[] {announcing(0), announcing(1), announcing(150), "", "junk"}) {
      assertThatCode(() -> require(dsc)).doesNotThrowAnyException();
    }
  }

  /** The bound is a lower one: what it refuses would really be too large. */
  @Test
  void theLeastIsBelowWhatIsStated() throws Exception {
    int most = 1;
    while (true) {
      try {
        require(announcing(most));
      } catch (CommandException e) {
        break;
      }
      most++;
    }
    assertThat(most).isBetween(150, 300);
    int least =
        StatementRoom.least(
            Results.source().source(),
            Results.request(folder),
            AnnouncedPackages.of(announcing(most), AMD64));
    assertThat(least).isGreaterThan(Statement.MAX_BYTES).isLessThan(Statement.MAX_BYTES + 400);
  }

  @Test
  void onlyPackagesOfTheArchitectureCountAndNoneOfAProfile() throws Exception {
    String dsc =
        """
        -----BEGIN PGP SIGNED MESSAGE-----

        Package-List:
         any deb misc optional arch=any
         all deb misc optional arch=all
         linux deb misc optional arch=linux-any
         here deb misc optional arch=i386,amd64,arm64
         cpu deb misc optional arch=any-amd64
         any deb misc optional arch=any
         elsewhere deb misc optional arch=armhf
         udeb udeb debian-installer optional arch=any
         profiled deb misc optional arch=any profile=pkg.tiny.all
         short deb misc
        Directory: pool
         notalist deb misc optional arch=any
        -----BEGIN PGP SIGNATURE-----
        """;
    assertThat(AnnouncedPackages.of(dsc, AMD64))
        .extracting(Object::toString)
        .containsExactly("any", "all", "linux", "here", "cpu");
  }

  @Test
  void aSourceInGitAnnouncesItsPackagesInItsControlFile() throws Exception {
    String control =
        """
        # A comment.
        Source: tiny
        Build-Depends: debhelper

        Package: any
        Architecture: any

        Package: several
        Architecture: i386 amd64

        Package: all
        Architecture: all

        Package: elsewhere
        Architecture: armhf

        Package: udeb
        Package-Type: udeb
        Architecture: any

        Package: profiled
        Build-Profiles: <pkg.tiny.all>
        Architecture: any
        """;
    assertThat(AnnouncedPackages.ofControl(control, AMD64))
        .extracting(Object::toString)
        .containsExactly("any", "several", "all");
  }

  /** Also of a source that announces no package. */
  @Test
  void submodulesWithLongAddressesNeedRoomToo() {
    List<GitSubmodule> submodules = new ArrayList<>();
    for (int i = 10; i < 60; i++) {
      GitUrl url = new GitUrl("https://example.org/" + "x".repeat(1000));
      GitId id = new GitId("1".repeat(40));
      submodules.add(new GitSubmodule("m" + i, url, id, id));
    }
    GitSource source =
        new GitSource(
            Results.source().source().name(),
            Results.source().source().version(),
            submodules.get(0).url(),
            new GitTag("v1"),
            submodules.get(0).commit(),
            submodules.get(0).tree(),
            submodules,
            Results.OURS);
    assertThat(StatementRoom.least(source, Results.request(folder), List.of()))
        .isGreaterThan(Statement.MAX_BYTES);
  }

  @Test
  void aListWithoutEndIsRefused() {
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> AnnouncedPackages.of(announcing(20_001), AMD64));
  }
}
