package org.whonix2.rebuilder.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.artifact.Architecture;
import org.whonix2.core.artifact.PackageName;
import org.whonix2.core.artifact.PackageVersion;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.openpgp.Fingerprint;
import org.whonix2.core.statement.Binaries;
import org.whonix2.io.cli.CommandException;
import org.whonix2.io.cli.ExitCode;
import org.whonix2.rebuilder.apt.AptRoot;
import org.whonix2.rebuilder.apt.ArchiveAddress;
import org.whonix2.rebuilder.apt.MachineSources;
import org.whonix2.rebuilder.apt.SourceRequest;
import org.whonix2.rebuilder.process.Cancellation;
import org.whonix2.rebuilder.process.LogFile;
import org.whonix2.rebuilder.process.Programs;
import org.whonix2.rebuilder.sandbox.ExactPackage;
import org.whonix2.rebuilder.sandbox.Recipe;
import org.whonix2.rebuilder.sandbox.RootContents;
import org.whonix2.rebuilder.sandbox.Unpacking;
import org.whonix2.rebuilder.sandbox.Variant;
import org.whonix2.toolchain.Toolchain;

/** What is fetched and what is refused, from archives that the real apt reads. */
class InputTest {
  private static TestKey archiveKey;
  private static TestKey uploader;
  private static TestKey stranger;

  private final List<String> notices = new ArrayList<>();
  private Path folder;
  private LocalArchive mirror;
  private LocalArchive snapshot;
  private LogFile log;
  private boolean requireUploader;
  private Toolchain toolchain;
  private int fetches;

  @BeforeAll
  static void keys() throws Exception {
    archiveKey = new TestKey("archive");
    uploader = new TestKey("uploader");
    stranger = new TestKey("stranger");
  }

  @AfterAll
  static void noKeys() throws Exception {
    archiveKey.close();
    uploader.close();
    stranger.close();
  }

  @BeforeEach
  void archives(@TempDir Path temporary) throws Exception {
    folder = temporary;
    toolchain = TestToolchain.archives();
    // apt checks signatures as a user of its own.
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    archiveKey.export(folder.resolve("debian-archive-test.gpg"));
    mirror = new LocalArchive(folder.resolve("mirror"));
    snapshot = new LocalArchive(folder.resolve("snapshot"));
    log = new LogFile(folder.resolve("log"));
    Path keyrings = Files.createDirectories(folder.resolve("k/usr/share/keyrings"));
    uploader.export(keyrings.resolve("debian-keyring.gpg"));
    mirror.addDeb("Package: debian-keyring\nVersion: 1\nArchitecture: all\n", folder.resolve("k"));
    addSource(mirror, "1", uploader);
    for (String name : List.of("apt", "fakeroot", "tool")) {
      mirror.addDeb(name, "2.0", "amd64");
    }
    mirror.addDeb("data", "1:5", "all");
    // A root has every package that is required, whether or not a .buildinfo lists it.
    mirror.addDeb("Package: mount\nVersion: 7\nArchitecture: amd64\nPriority: required\n");
    mirror.index();
    mirror.sign(archiveKey);
  }

  @AfterEach
  void stop() throws Exception {
    mirror.close();
    snapshot.close();
    log.close();
  }

  private static void addSource(LocalArchive archive, String version, TestKey signer)
      throws IOException {
    Path work = Files.createDirectories(archive.folder().resolve("work-" + version));
    Path debian = Files.createDirectories(work.resolve("tiny-" + version + "/debian/source"));
    Files.writeString(debian.resolve("format"), "3.0 (native)\n");
    Files.writeString(
        debian.resolveSibling("changelog"),
        """
        tiny (%s) unstable; urgency=low

          * Tiny.

         -- N <n@example.org>  Thu, 01 Jan 2026 00:00:00 +0000
        """
            .formatted(version));
    Files.writeString(
        debian.resolveSibling("control"),
        """
        Source: tiny
        Maintainer: N <n@example.org>

        Package: tiny
        Architecture: any
        Description: d
        """);
    LocalArchive.run(work, "dpkg-source", "--build", "tiny-" + version);
    String name = "tiny_" + version;
    Path dsc = work.resolve(name + ".dsc");
    Files.write(archive.pool().resolve(name + ".dsc"), signer.clearsign(Files.readAllBytes(dsc)));
    Files.copy(work.resolve(name + ".tar.xz"), archive.pool().resolve(name + ".tar.xz"));
  }

  private MachineSources machine(String url) throws Exception {
    Path parts = Files.createDirectories(folder.resolve("etc/sources.list.d"));
    Files.writeString(
        parts.resolve("x.sources"),
        "Types: deb\nURIs: %s\nSuites: tiny\nComponents: main\nSigned-By: %s\n"
            .formatted(url, folder.resolve("debian-archive-test.gpg")));
    return MachineSources.read(folder.resolve("etc"));
  }

  private BuildInput fetch(Input input, MachineSources machine) throws Exception {
    Path job = Files.createDirectories(folder.resolve("job" + ++fetches));
    AptRoot apt =
        AptRoot.create(job.resolve("apt"), machine, "tiny", new Programs(new Cancellation()), log);
    apt.update();
    return input.fetch(
        new Fetching(
            apt,
            Files.createDirectories(job.resolve("source")),
            Files.createDirectories(job.resolve("aside")),
            folder.resolve("kept"),
            toolchain,
            requireUploader,
            new Programs(new Cancellation()),
            Instant.now(),
            notices::add));
  }

  private BuildInput fetch(String source) throws Exception {
    return fetch(new Input.Archived(SourceRequest.parse(source)), machine(mirror.url()));
  }

  private static CommandException refusal(ThrowingCallable call) {
    return catchThrowableOfType(CommandException.class, call);
  }

  @Test
  void aSourceComesWithItsUploader() throws Exception {
    BuildInput input = fetch("tiny");

    assertThat(input.signer()).contains(Fingerprint.parse(uploader.fingerprint()));
    assertThat(notices).isEmpty();
    assertThat(input.rebuild()).isEmpty();
    assertThat(input.recipe()).isEqualTo(Recipe.usual("tiny_1.dsc", "tiny-1"));
    assertThat(input.source().digest())
        .isEqualTo(Sha256.of(Files.readAllBytes(mirror.pool().resolve("tiny_1.dsc"))));
    assertThat(input.folder().resolve("tiny_1.tar.xz")).exists();
    // The keyrings are kept, and what is kept is not believed.
    try (var kept = Files.newDirectoryStream(folder.resolve("kept"))) {
      Files.write(kept.iterator().next(), new byte[] {1});
    }
    assertThat(fetch("tiny").signer()).isPresent();
  }

  @Test
  void aStrangersSourceHasNoSigner() throws Exception {
    addSource(mirror, "2", stranger);
    mirror.index();
    mirror.sign(archiveKey);

    assertThat(fetch("tiny=1").signer()).isPresent();
    assertThat(fetch("tiny=2").signer()).isEmpty();
    assertThat(notices)
        .singleElement()
        .asString()
        .contains("tiny_2.dsc: no known uploader signed it")
        .contains("which is in no keyring");
    requireUploader = true;
    CommandException refused = refusal(() -> fetch("tiny=2"));
    assertThat(refused.exitCode()).isEqualTo(ExitCode.REFUSED);
    assertThat(refused).hasMessageContaining("no known uploader signed it");
  }

  @Test
  void aSignedDscOfAnotherVersionIsRefused() throws Exception {
    // Whoever has the archive's key gives an old, vulnerable source a new version.
    Path pool = mirror.pool();
    Files.move(pool.resolve("tiny_1.dsc"), pool.resolve("tiny_9.dsc"));
    mirror.index();
    Path sources = mirror.folder().resolve("dists/tiny/main/source/Sources");
    Files.writeString(sources, Files.readString(sources).replace("Version: 1\n", "Version: 9\n"));
    mirror.release("");
    mirror.sign(archiveKey);

    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> fetch("tiny"))
        .withMessageContaining("expected Version 9 in the .dsc, found '1'");
  }

  @Test
  void aBinaryOnlyRebuildHasTheArchivesEntry() throws Exception {
    addRebuild("+b1");
    mirror.index();
    mirror.sign(archiveKey);

    for (String asked : List.of("tiny", "tiny=1+b1")) {
      BuildInput input = fetch(asked);
      assertThat(input.source().version()).hasToString("1");
      assertThat(input.builtVersion()).hasToString("1+b1");
      assertThat(input.recipe().binaries()).isEqualTo(Binaries.ANY);
      assertThat(input.folder().resolve(input.recipe().changelogEntry().orElseThrow()))
          .hasContent(entry("+b1"));
      assertThat(input.toString()).isEqualTo("tiny 1+b1");
    }
    assertThat(refusal(() -> fetch("tiny=1+b2")))
        .hasMessageContaining("has no packages of tiny in version 1+b2");
  }

  @Test
  void anotherCompilersPackagesAreAVariantOfTheSource() throws Exception {
    addRebuild("+b1");
    mirror.index();
    mirror.sign(archiveKey);
    toolchain = TestToolchain.variants("+ddc");

    BuildInput input = fetch("tiny");
    assertThat(input.source().version()).hasToString("1");
    assertThat(input.builtVersion()).hasToString("1+ddc");
    assertThat(input.rebuild()).as("whose entry would be in the way").isEmpty();
    assertThat(input.recipe().changelogEntry()).isEmpty();
    assertThat(input.recipe().variant())
        .contains(
            new Variant(
                new PackageName("tiny"), new PackageVersion("1+ddc"), "+ddc", toolchain.name()));
    assertThat(input.recipe().binaries()).isEqualTo(Binaries.ANY);
    assertThat(input.buildinfoName(new Architecture("amd64")))
        .isEqualTo("tiny_1+ddc_amd64.buildinfo");
    assertThat(refusal(() -> fetch("tiny=1+b1")))
        .hasMessageContaining("tool makes variants of it, found the binary-only rebuild 1+b1");
    Input all = new Input.Archived(SourceRequest.parse("tiny"), Optional.of(Binaries.BINARY));
    assertThat(refusal(() -> fetch(all, machine(mirror.url()))))
        .hasMessageContaining("expected --binaries any");
    Input recorded =
        recorded(buildinfo("tool (= 2.0)"), Optional.of(uploader), Optional.of(uploader));
    assertThat(refusal(() -> fetch(recorded, machine(mirror.url()))))
        .hasMessageContaining("makes variants, which no .buildinfo records");
  }

  @ParameterizedTest
  @CsvSource({"any, 1+b1", "all, 1", "binary, 1"})
  void packagesOfAllArchitecturesAreNoPartOfABinaryOnlyRebuild(String binaries, String version)
      throws Exception {
    addRebuild("+b1");
    mirror.index();
    mirror.sign(archiveKey);

    BuildInput input =
        fetch(
            new Input.Archived(SourceRequest.parse("tiny"), Optional.of(Binaries.parse(binaries))),
            machine(mirror.url()));
    assertThat(input.builtVersion()).hasToString(version);
    assertThat(input.recipe().binaries()).hasToString(binaries);
  }

  @Test
  void anEntryOfAnotherRebuildIsRefused() throws Exception {
    addRebuild("+b2", entry("+b1"));
    mirror.index();
    mirror.sign(archiveKey);

    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> fetch("tiny"))
        .withMessageContaining("expected an entry of +b2, found 1+b1");
  }

  private static String entry(String rebuild) {
    return """
        tiny (1%s) sid; urgency=low, binary-only=yes

          * Rebuild.

         -- B <b@example.org>  Fri, 02 Jan 2026 00:00:00 +0000

        """
        .formatted(rebuild);
  }

  private void addRebuild(String rebuild) throws Exception {
    addRebuild(rebuild, entry(rebuild));
  }

  private void addRebuild(String rebuild, String entry) throws Exception {
    Path doc = Files.createDirectories(folder.resolve("b/usr/share/doc/tiny"));
    Files.writeString(doc.resolve("changelog.Debian.amd64"), entry);
    LocalArchive.run(doc, "gzip", "-9n", "changelog.Debian.amd64");
    mirror.addDeb(
        "Package: tiny\nSource: tiny (1)\nVersion: 1" + rebuild + "\nArchitecture: amd64\n",
        folder.resolve("b"));
  }

  private static String buildinfo(String dependencies) {
    return """
        Format: 1.0
        Source: tiny
        Binary: tiny
        Architecture: amd64
        Version: 1
        Checksums-Sha256:
         %s 7 tiny_1_amd64.deb
        Build-Architecture: amd64
        Build-Path: /build/tiny-Xy1/tiny-1
        Installed-Build-Depends:
        %s
        Environment:
         DEB_BUILD_OPTIONS="parallel=9 nocheck"
         LC_ALL="C.UTF-8"
        """
        .formatted("a".repeat(64), dependencies.indent(1).stripTrailing());
  }

  private Input recorded(String text, Optional<TestKey> signedBy, Optional<TestKey> signers)
      throws Exception {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    Path file =
        Files.write(
            folder.resolve("tiny.buildinfo"),
            signedBy.isPresent() ? signedBy.get().clearsign(bytes) : bytes);
    Optional<Path> keyring = Optional.empty();
    if (signers.isPresent()) {
      keyring = Optional.of(signers.get().export(folder.resolve("signers.pgp")));
    }
    return new Input.Recorded(file, keyring);
  }

  /** The attestation would name a toolchain that was not there. */
  @Test
  void aBuildinfoWithoutTheToolchainIsRefused() throws Exception {
    Input input = recorded(buildinfo("data (= 1:5)"), Optional.of(uploader), Optional.of(uploader));
    assertThatExceptionOfType(CommandException.class)
        .isThrownBy(() -> fetch(input, machine(mirror.url())))
        .withMessage("the .buildinfo records a build without tool, which the toolchain has")
        .satisfies(e -> assertThat(e.exitCode()).isEqualTo(ExitCode.REFUSED));
  }

  @Test
  void aBuildinfoNamesExactlyItsDependencies() throws Exception {
    Input input =
        recorded(
            buildinfo("data (= 1:5),\ntool (= 2.0)"), Optional.of(uploader), Optional.of(uploader));

    BuildInput fetched = fetch(input, machine(mirror.url()));

    assertThat(fetched.contents())
        .isInstanceOfSatisfying(
            RootContents.Exact.class,
            exact ->
                assertThat(exact.packages().stream().map(ExactPackage::toString))
                    .containsExactlyInAnyOrder(
                        "data 1:5 all",
                        "tool 2.0 amd64",
                        "apt 2.0 amd64",
                        "fakeroot 2.0 amd64",
                        "mount 7 amd64"));
    assertThat(fetched.recipe())
        .isEqualTo(
            new Recipe(
                new Unpacking.SourcePackage("tiny_1.dsc"),
                "tiny-1",
                Optional.empty(),
                Optional.empty(),
                Binaries.ANY,
                "nocheck"));
    assertThat(fetched.surroundings(2).buildPath()).isEqualTo("/build/tiny-Xy1");
    assertThat(fetched.recorded()).singleElement().extracting("name").isEqualTo("tiny_1_amd64.deb");
    assertThat(fetched.signer()).isPresent();
    // The file as it was given, with its signature.
    assertThat(fetched.recordedBuildinfo())
        .contains(Sha256.of(Files.readAllBytes(folder.resolve("tiny.buildinfo"))));
    assertThat(fetch("tiny").recordedBuildinfo()).isEmpty();
  }

  @Test
  void whatOnlyASnapshotHasIsTakenFromThereThoughItExpired() throws Exception {
    snapshot.addDeb("tool", "1.0", "amd64");
    for (String file : List.of("tiny_1.dsc", "tiny_1.tar.xz")) {
      Files.copy(mirror.pool().resolve(file), snapshot.pool().resolve(file));
    }
    snapshot.indexOfThePast();
    snapshot.sign(archiveKey);
    Input input = recorded(buildinfo("tool (= 1.0)"), Optional.of(uploader), Optional.of(uploader));
    MachineSources machine = machine(mirror.url());
    List<ArchiveAddress> old = List.of(ArchiveAddress.parse(snapshot.url()));

    BuildInput fetched = fetch(input, machine.with("tiny", List.of(), old));

    assertThat(((RootContents.Exact) fetched.contents()).packages().toString())
        .contains("tool 1.0 amd64");
    // The same archive in place of the mirror is too old.
    assertThat(refusal(() -> fetch(input, machine.with("tiny", old, List.of()))).hint())
        .contains("out of date");
    // A folder serves as well.
    List<ArchiveAddress> near = List.of(ArchiveAddress.parse(snapshot.folder().toUri().toString()));
    assertThat(fetch(input, machine.with("tiny", List.of(), near)).contents())
        .isEqualTo(fetched.contents());
  }

  @Test
  void allThatCannotBeHadIsTold() throws Exception {
    Input input =
        recorded(
            buildinfo("data (= 1:6),\ngone (= 3),\ntool (= 1.0),\nfakeroot (= 2.0)"),
            Optional.of(uploader),
            Optional.of(uploader));

    CommandException failure = refusal(() -> fetch(input, machine(mirror.url())));

    assertThat(failure.exitCode()).isEqualTo(ExitCode.OUTSIDE_FAILED);
    assertThat(failure)
        .hasMessage(
            "3 of 4 build dependencies cannot be had from any mirror:\n"
                + "  data=1:6\n  gone=3\n  tool=1.0");
    assertThat(failure.hint()).contains("--snapshot-mirror");
  }

  @Test
  void whoseBuildinfoItIsIsCheckedFirst() throws Exception {
    MachineSources machine = machine(mirror.url());
    String text = buildinfo("tool (= 2.0)");
    // What it says is nonsense, and is not looked at.
    Input strangers = recorded("Format: 9\n", Optional.of(stranger), Optional.of(uploader));
    CommandException refused = refusal(() -> fetch(strangers, machine));
    assertThat(refused.exitCode()).isEqualTo(ExitCode.REFUSED);
    assertThat(refused).hasMessageContaining("signed by none of its signers");

    Input unsigned = recorded(text, Optional.empty(), Optional.of(uploader));
    assertThat(refusal(() -> fetch(unsigned, machine))).hasMessageContaining("is not signed");

    assertThat(fetch(recorded(text, Optional.empty(), Optional.empty()), machine).recorded())
        .hasSize(1);
    assertThat(fetch(recorded(text, Optional.of(stranger), Optional.empty()), machine).recorded())
        .hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"absent", "dead", "expired", "unsigned", "forged", "no-source"})
  void aMirrorInTroubleIsNamed(String trouble) throws Exception {
    String url = mirror.url();
    String expected = "";
    String hint = "";
    switch (trouble) {
      case "absent" -> {
        url = snapshot.url();
        expected = "does not have a Release file";
        hint = "no archive with this suite at that address";
      }
      case "dead" -> {
        mirror.close();
        expected = "cannot fetch the archive's lists";
        hint = "the mirror cannot be reached";
      }
      case "expired" -> {
        mirror.indexOfThePast();
        mirror.sign(archiveKey);
        expected = "is expired";
        hint = "out of date for this machine's clock";
      }
      case "unsigned" -> {
        mirror.index();
        expected = "is not signed";
        hint = "signature could not be verified";
      }
      case "forged" -> {
        mirror.index();
        mirror.sign(stranger);
        expected = "cannot fetch the archive's lists";
        hint = "signature could not be verified";
      }
      default -> {
        Files.delete(mirror.pool().resolve("tiny_1.tar.xz"));
        expected = "cannot fetch the source tiny 1";
        hint = "the mirror does not have this file";
      }
    }
    MachineSources other =
        machine("http://127.0.0.1:1").with("tiny", List.of(ArchiveAddress.parse(url)), List.of());

    CommandException failure =
        refusal(() -> fetch(new Input.Archived(SourceRequest.parse("tiny")), other));

    assertThat(failure.exitCode()).isEqualTo(ExitCode.OUTSIDE_FAILED);
    assertThat(failure).hasMessageContaining(expected);
    assertThat(failure.hint()).contains(hint);
  }
}
