package org.whonix2.rebuilder.repository;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.whonix2.io.cli.Program;
import org.whonix2.rebuilder.cli.Commands;
import org.whonix2.rebuilder.input.LocalArchive;
import org.whonix2.rebuilder.repository.RebuiltFolders.Deb;

/** What the real apt makes of our repository, and of one that somebody changed. */
@Timeout(120)
class RepositoryForAptTest {
  private static final String POOL = "pool/variants/main/t/tiny/";
  private static final String INDICES = "dists/variants/main/binary-amd64/";

  @TempDir Path folder;
  private RebuiltFolders rebuilder;
  private RebuiltFolders owner;
  private Path repository;
  private AptBox box;

  @BeforeEach
  void aRepositoryThatABoxKnows() throws Exception {
    rebuilder = new RebuiltFolders(folder.resolve("alpha"), "alpha");
    owner = new RebuiltFolders(folder.resolve("owner"), "owner");
    repository = folder.resolve("repository");
    box = new AptBox(Files.createDirectory(folder.resolve("box")), repository);
    box.sources(
        publish(
            owner,
            rebuilder.built(
                "out",
                new Deb("tiny", "1:2.0~rc1+b1", "amd64", "variant"),
                new Deb("tiny-doc", "1", "all", "text"))));
  }

  @AfterEach
  void stop() {
    box.close();
  }

  /** What the command prints. */
  private String publish(RebuiltFolders signer, Path... outs) {
    return publish(signer, List.of("--url", box.url()), outs);
  }

  private String publish(RebuiltFolders signer, List<String> options, Path... outs) {
    StringWriter out = new StringWriter();
    StringWriter errors = new StringWriter();
    List<String> arguments = new ArrayList<>();
    arguments.addAll(List.of("repository", "--key", signer.key().toString()));
    arguments.addAll(List.of("--certificate", rebuilder.certificate().toString()));
    arguments.addAll(List.of("--out", repository.toString()));
    arguments.addAll(options);
    Stream.of(outs).map(Path::toString).forEach(arguments::add);
    int code =
        Program.run(
            Commands.program(),
            new PrintWriter(out),
            new PrintWriter(errors),
            arguments.toArray(new String[0]));
    assertThat(code).as(errors.toString()).isZero();
    return out.toString();
  }

  private void requireUpdate() throws Exception {
    AptBox.Said said = box.update();
    assertThat(said.succeeded()).as(said.text()).isTrue();
  }

  @Test
  void whatWasAttestedIsWhatABoxGetsByHash() throws Exception {
    requireUpdate();
    assertThat(box.asked()).contains("dists/variants/InRelease");
    assertThat(box.asked())
        .anyMatch(path -> path.startsWith(INDICES + "by-hash/SHA256/"))
        .noneMatch(path -> path.startsWith(INDICES + "Packages"));

    AptBox.Said said = box.download("tiny=1:2.0~rc1+b1");
    assertThat(said.succeeded()).as(said.text()).isTrue();
    assertThat(box.download("tiny-doc").succeeded()).isTrue();
    assertThat(box.downloads().resolve("tiny_1%3a2.0~rc1+b1_amd64.deb"))
        .hasSameBinaryContentAs(folder.resolve("alpha/out/artifacts/tiny_2.0~rc1+b1_amd64.deb"));
    assertThat(box.downloads().resolve("tiny-doc_1_all.deb"))
        .hasSameBinaryContentAs(folder.resolve("alpha/out/artifacts/tiny-doc_1_all.deb"));
    assertThat(box.run("apt-cache", "policy", "tiny").text())
        .contains("500 " + box.address() + " variants/main amd64 Packages");
    assertThat(box.run("apt-cache", "policy").text())
        .contains("o=whonix2,a=variants,n=variants,l=whonix2 variants,c=main,b=amd64");
  }

  @Test
  void aRepositoryOnTheSameMachineNeedsNoServer() throws Exception {
    box.sources(publish(owner, List.of()));
    requireUpdate();
    assertThat(box.download("tiny").succeeded()).isTrue();
    assertThat(box.asked()).isEmpty();
  }

  @Test
  void theDetachedSignatureServesAptGpgvAndSqvAlike() throws Exception {
    Files.delete(repository.resolve("dists/variants/InRelease"));
    requireUpdate();
    assertThat(box.asked()).contains("dists/variants/Release.gpg");
    assertThat(box.download("tiny").succeeded()).isTrue();

    Path dist = repository.resolve("dists/variants");
    String keyring = repository.resolve("repository-key.pgp").toString();
    LocalArchive.run(dist, "gpgv", "--keyring", keyring, "Release.gpg", "Release");
    LocalArchive.run(dist, "sqv", "--keyring", keyring, "Release.gpg", "Release");
  }

  @Test
  void whatWasAddedIsThereAfterAnUpdateAndWhatWasThereStays() throws Exception {
    requireUpdate();
    publish(owner, rebuilder.built("more", new Deb("tinier", "1", "amd64", "more")));
    assertThat(box.download("tinier").succeeded()).isFalse();
    requireUpdate();
    assertThat(box.download("tinier").succeeded()).isTrue();
    assertThat(box.download("tiny").succeeded()).isTrue();
  }

  @Test
  void aReaderWithTheReleaseFileOfBeforeStillFindsItsIndices() throws Exception {
    byte[] before = Files.readAllBytes(repository.resolve("dists/variants/InRelease"));
    publish(owner, rebuilder.built("more", new Deb("tinier", "1", "amd64", "more")));
    Files.write(repository.resolve("dists/variants/InRelease"), before);
    requireUpdate();
    assertThat(box.download("tiny").succeeded()).isTrue();
    assertThat(box.download("tinier").succeeded()).isFalse();
  }

  /**
   * Where size and relations are equal, apt takes two packages of one version for one, and fetches
   * it from the source that comes first; else it takes that one, too.
   */
  @ParameterizedTest
  @ValueSource(ints = {1, 10_000})
  void aPackageOfTheArchivesVersionIsTakenIfItsSourceIsFirst(int times) throws Exception {
    Deb theirs = new Deb("tiny", "1:2.0~rc1+b1", "amd64", "archive".repeat(times));
    Path archive = folder.resolve("archive");
    Path deb = RebuiltFolders.build(theirs, Files.createDirectory(archive));
    Path variant = folder.resolve("alpha/out/artifacts/tiny_2.0~rc1+b1_amd64.deb");
    assertThat(Files.size(deb) == Files.size(variant)).isEqualTo(times == 1);
    Files.writeString(
        archive.resolve("Packages"), LocalArchive.run(archive, "apt-ftparchive", "packages", "."));
    box.source("50-archive", "deb [trusted=yes] file:" + archive + " ./\n");

    requireUpdate();
    AptBox.Said said = box.download("tiny");

    assertThat(said.succeeded()).as(said.text()).isTrue();
    assertThat(box.downloads().resolve("tiny_1%3a2.0~rc1+b1_amd64.deb"))
        .hasSameBinaryContentAs(variant);
  }

  /** Nothing is pinned: the archive's fix of the same source is newer than its variant. */
  @Test
  void theArchivesFixReplacesAVariant() throws Exception {
    publish(owner, rebuilder.built("variant", new Deb("fixed", "1-1+ddc", "amd64", "variant")));
    Path archive = Files.createDirectory(folder.resolve("archive"));
    box.source("50-archive", "deb [trusted=yes] file:" + archive + " ./\n");
    for (String version : List.of("1-1", "1-1+deb12u1")) {
      RebuiltFolders.build(new Deb("fixed", version, "amd64", "archive"), archive);
      Files.writeString(
          archive.resolve("Packages"),
          LocalArchive.run(archive, "apt-ftparchive", "packages", "."));
      requireUpdate();
      assertThat(box.run("apt-cache", "policy", "fixed").text())
          .contains("Candidate: " + (version.equals("1-1") ? "1-1+ddc" : version));
    }
  }

  interface Attack {
    void on(RepositoryForAptTest test) throws Exception;
  }

  static Stream<Arguments> attacks() {
    return Stream.of(
        attack(
            "one byte of a package",
            test -> test.changeByte(POOL + "tiny_2.0~rc1+b1_amd64.deb"),
            "Hash Sum mismatch"),
        attack("one byte of the indices", test -> test.changeIndices(), "Hash Sum mismatch"),
        attack(
            "one byte of the Release file",
            test -> test.changeByte("dists/variants/InRelease"),
            "is not signed|signatures were invalid|BADSIG|Malformed|isn't valid"),
        attack("another key's signature", test -> test.signByAnother(), "NO_PUBKEY|Missing key"),
        attack(
            "no signature",
            test -> {
              Files.delete(test.repository.resolve("dists/variants/InRelease"));
              Files.delete(test.repository.resolve("dists/variants/Release.gpg"));
            },
            "is not signed"));
  }

  private static Arguments attack(String what, Attack attack, String says) {
    return Arguments.of(what, attack, says);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("attacks")
  void aptRefuses(String what, Attack attack, String says) throws Exception {
    attack.on(this);
    AptBox.Said update = box.update();
    AptBox.Said download = box.download("tiny");
    assertThat(download.succeeded()).as(update.text() + download.text()).isFalse();
    assertThat(box.downloads()).isDirectoryNotContaining("glob:**.deb");
    assertThat(update.text() + download.text()).containsPattern(says);
  }

  @Test
  void aptTakesWhatNobodyAttacked() throws Exception {
    requireUpdate();
    assertThat(box.download("tiny").succeeded()).isTrue();
  }

  private void changeByte(String path) throws Exception {
    Path file = repository.resolve(path);
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length / 2] ^= 1;
    Files.write(file, bytes);
  }

  /**
   * Whatever apt reads of them: the plain one has another version of the same length. Under its
   * name and under its hash an index is one file.
   */
  private void changeIndices() throws Exception {
    try (Stream<Path> all = Files.list(repository.resolve(INDICES + "by-hash/SHA256"))) {
      for (Path file : all.toList()) {
        String text = Files.readString(file, ISO_8859_1);
        if (text.contains("Version: 1:2.0~rc1+b1")) {
          Files.writeString(file, text.replace("~rc1+b1", "~rc1+b2"), ISO_8859_1);
        } else {
          changeByte(repository.relativize(file).toString());
        }
      }
    }
  }

  private void signByAnother() throws Exception {
    Files.delete(repository.resolve("repository-key.pgp"));
    publish(new RebuiltFolders(folder.resolve("mallory"), "mallory"));
  }
}
