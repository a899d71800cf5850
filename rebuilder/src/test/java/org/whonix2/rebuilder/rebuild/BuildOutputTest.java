package org.whonix2.rebuilder.rebuild;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.artifact.PackageName;
import org.whonix2.core.artifact.PackageVersion;
import org.whonix2.core.digest.Sha256;
import org.whonix2.rebuilder.sandbox.Variant;

/** What is taken out of a build's folder; the .debs here are made by the real dpkg-deb. */
class BuildOutputTest {
  private static final String BUILDINFO = "tiny_1_amd64.buildinfo";

  @TempDir Path folder;
  private Path work;
  private Path out;

  @BeforeEach
  void aBuildThatWentWell() throws Exception {
    work = Files.createDirectory(folder.resolve("work"));
    out = Files.createDirectory(folder.resolve("out"));
    deb("tiny", "1", "tiny_1_all.deb");
    Files.writeString(work.resolve(BUILDINFO), "Format: 1.0\n");
    Files.writeString(work.resolve("tiny_1_amd64.changes"), "Format: 1.8\n");
  }

  private void deb(String name, String version, String fileName) throws Exception {
    Path control = Files.createDirectories(folder.resolve("pack/DEBIAN")).resolve("control");
    Files.writeString(
        control,
        "Package: %s\nVersion: %s\nArchitecture: all\nMaintainer: n <n@example.org>\nDescription: t\n"
            .formatted(name, version));
    Process dpkg =
        new ProcessBuilder(
                "dpkg-deb",
                "--root-owner-group",
                "--build",
                folder.resolve("pack").toString(),
                work.resolve(fileName).toString())
            .inheritIO()
            .start();
    assertThat(dpkg.waitFor()).isZero();
  }

  private BuildOutput take() throws IOException, MalformedInputException {
    return BuildOutput.take(work, out, BUILDINFO);
  }

  @Test
  void takesDebsAndRecordsAndHashesItsOwnCopies() throws Exception {
    BuildOutput output = take();
    byte[] copy = Files.readAllBytes(out.resolve("artifacts/tiny_1_all.deb"));
    assertThat(output.artifacts()).hasSize(1);
    assertThat(output.artifacts().get(0).identity()).hasToString("tiny 1 all");
    assertThat(output.artifacts().get(0).digest()).isEqualTo(Sha256.of(copy));
    assertThat(output.buildinfo()).isEqualTo(Sha256.of(Files.readAllBytes(out.resolve(BUILDINFO))));
    assertThat(out.resolve("tiny_1_amd64.changes")).exists();
  }

  @Test
  void aVariantsPackagesAllHaveItsSuffix() throws Exception {
    BuildOutput output = take();
    output.requireVersions(Optional.empty());
    Variant variant =
        new Variant(new PackageName("tiny"), new PackageVersion("1+ddc"), "+ddc", "tcc-ddc");
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> output.requireVersions(Optional.of(variant)))
        .withMessage("expected versions that end with +ddc, found tiny 1 all");
  }

  @Test
  void artifactsAreListedInOneOrder() throws Exception {
    deb("aaa", "1", "aaa_1_all.deb");
    deb("zzz", "1", "zzz_1_all.deb");
    assertThat(take().artifacts())
        .extracting(artifact -> artifact.identity().name().toString())
        .containsExactly("aaa", "tiny", "zzz");
  }

  @Test
  void linksAreNotFollowedAndOddNamesAreLeft() throws Exception {
    Path secret = Files.writeString(folder.resolve("secret"), "secret");
    Files.createSymbolicLink(work.resolve("passwd_1_all.deb"), secret);
    Files.createSymbolicLink(work.resolve("x_1_amd64.changes"), secret);
    Files.createSymbolicLink(work.resolve("dir_1_all.deb"), folder);
    Files.createDirectory(work.resolve("folder_1_all.deb"));
    Files.writeString(work.resolve("-rf.deb"), "odd");
    Files.writeString(work.resolve("tiny_1_all.deb\n"), "odd");
    assertThat(take().artifacts()).hasSize(1);
    assertThat(out.resolve("artifacts")).isDirectoryContaining("glob:**/tiny_1_all.deb");
    assertThat(out.resolve("artifacts").toFile().list()).containsExactly("tiny_1_all.deb");
    assertThat(out.toFile().list())
        .containsExactlyInAnyOrder("artifacts", BUILDINFO, "tiny_1_amd64.changes");
  }

  @Test
  void aBuildinfoThatIsALinkIsNone() throws Exception {
    Files.delete(work.resolve(BUILDINFO));
    Files.createSymbolicLink(work.resolve(BUILDINFO), Path.of("/etc/passwd"));
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(this::take)
        .withMessageContaining("expected " + BUILDINFO);
  }

  @ParameterizedTest
  @ValueSource(strings = {"tiny_2_all.deb", "other_1_all.deb", "tiny_1_amd64.deb"})
  void aPackageIsWhatItsFileNameSays(String name) throws Exception {
    deb("tiny", "1", name);
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(this::take)
        .withMessageStartingWith(name);
  }

  @Test
  void whatIsNoPackageIsRefusedByName() throws Exception {
    Files.writeString(work.resolve("zzz_1_all.deb"), "not a package");
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(this::take)
        .withMessageStartingWith("zzz_1_all.deb");
  }

  @Test
  void aBuildWithoutPackagesFailed() throws Exception {
    Files.delete(work.resolve("tiny_1_all.deb"));
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(this::take)
        .withMessageContaining("binary packages");
  }

  @Test
  void tooManyFilesAreRefused() throws Exception {
    for (int i = 0; i < 600; i++) {
      Files.writeString(work.resolve("x" + i + "_1_all.deb"), "");
    }
    assertThatExceptionOfType(MalformedInputException.class).isThrownBy(this::take);
  }
}
