package org.whonix2.rebuilder.rebuild;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.whonix2.core.artifact.BinaryArtifact;
import org.whonix2.core.artifact.PackageIdentity;
import org.whonix2.core.statement.Binaries;
import org.whonix2.rebuilder.SandboxFiles;
import org.whonix2.rebuilder.apt.SourceRequest;
import org.whonix2.rebuilder.input.Input;

/** Packages of Debian 12 come out as the archive has them. Needs root, the mirror and minutes. */
@Tag("heavy")
@Timeout(1800)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RealPackagesTest {
  private Path folder;

  @BeforeAll
  void oneStateForAll(@TempDir(cleanup = CleanupMode.NEVER) Path given) {
    folder = given;
  }

  /** Thousands of files of other users, and not for JUnit to ask about one by one. */
  @AfterAll
  void remove() throws Exception {
    SandboxFiles.remove(folder);
  }

  @ParameterizedTest
  @CsvSource({
    "net-tools, binary, net-tools",
    "cjson, binary, libcjson1 libcjson-dev",
    "xz-utils, binary, liblzma5 liblzma-dev liblzma-doc xz-utils xzdec",
    // Beside its documentation one of its packages comes out with another line.
    "openjpeg2, any, libopenjp2-7-dev libopenjp2-7 libopenjp2-tools libopenjpip-dec-server"
        + " libopenjpip-server libopenjpip7"
  })
  void everyPackageOfTheSourceAgreesWithTheArchive(String source, String binaries, String packages)
      throws Exception {
    Input input =
        new Input.Archived(SourceRequest.parse(source), Optional.of(Binaries.parse(binaries)));
    RebuildResult.Built built = RealRequest.build(RealRequest.of(input, folder, source));

    List<Comparison> archived =
        built.comparisons().stream()
            .filter(each -> each.agreement() != Agreement.NOT_IN_ARCHIVE)
            .toList();
    assertThat(archived)
        .extracting(Comparison::artifact)
        .extracting(BinaryArtifact::identity)
        .extracting(PackageIdentity::name)
        .extracting(Object::toString)
        .containsExactlyInAnyOrder(packages.split(" ", -1));
    assertThat(archived).extracting(Comparison::agreement).containsOnly(Agreement.AGREES);
    Optional<Comparison> documentation =
        archived.stream()
            .filter(each -> each.artifact().identity().architecture().toString().equals("all"))
            .findFirst();
    assertThat(documentation.isPresent())
        .as("one package is the same on all architectures")
        .isEqualTo(source.equals("xz-utils"));
  }
}
