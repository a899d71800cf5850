package org.whonix2.rebuilder.repository;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.whonix2.core.artifact.Architecture;
import org.whonix2.core.artifact.BinaryArtifact;
import org.whonix2.core.artifact.PackageIdentity;
import org.whonix2.core.artifact.PackageName;
import org.whonix2.core.artifact.PackageVersion;
import org.whonix2.core.deb822.Deb822;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.dsse.Envelope;
import org.whonix2.core.openpgp.SecretKey;
import org.whonix2.core.statement.PolicyRelease;
import org.whonix2.core.statement.Statement;
import org.whonix2.io.cli.Program;
import org.whonix2.rebuilder.Results;
import org.whonix2.rebuilder.attest.RebuilderKey;
import org.whonix2.rebuilder.cli.Commands;
import org.whonix2.rebuilder.repository.RebuiltFolders.Deb;

/** The command on folders that rebuilds left: what it takes, what it refuses, what it leaves. */
@Timeout(120)
class RepositoryTest {
  private static final String POOL = "pool/variants/main/t/tiny/";
  private static final Deb TINY = new Deb("tiny", "1", "amd64", "bits");

  @TempDir Path folder;
  private RebuiltFolders alpha;
  private Path owner;
  private Path repository;
  private Path out;
  private String printed = "";
  private String errors = "";

  @BeforeEach
  void aRebuild() throws Exception {
    alpha = new RebuiltFolders(folder.resolve("alpha"), "alpha");
    owner = folder.resolve("owner");
    RebuilderKey.create(owner, "owner", Instant.now().minusSeconds(60));
    repository = folder.resolve("repository");
    out = alpha.built("out", TINY);
  }

  private int run(Object... more) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "repository",
                "--out",
                repository.toString(),
                "--certificate",
                alpha.certificate().toString()));
    if (!List.of(more).contains("--key")) {
      arguments.addAll(List.of("--key", owner.toString()));
    }
    Stream.of(more).map(Object::toString).forEach(arguments::add);
    int code =
        Program.run(
            Commands.program(),
            new PrintWriter(out),
            new PrintWriter(err),
            arguments.toArray(new String[0]));
    printed = out.toString();
    errors = err.toString();
    return code;
  }

  private void requireDone(Object... more) {
    int code = run(more);
    assertThat(code).as(errors).isZero();
  }

  /** Every file of the repository with its digest, links as such. */
  private Map<String, String> content() throws Exception {
    Map<String, String> content = new TreeMap<>();
    if (Files.exists(repository)) {
      try (Stream<Path> all = Files.walk(repository)) {
        for (Path file : all.toList()) {
          if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            content.put(
                repository.relativize(file).toString(),
                Sha256.of(Files.readAllBytes(file)).toString());
          } else if (!Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
            content.put(repository.relativize(file).toString(), "no plain file");
          }
        }
      }
    }
    content.remove(".lock");
    return content;
  }

  private Deb822 release() throws Exception {
    return Deb822.parseOne(Files.readString(repository.resolve("dists/variants/Release")));
  }

  private List<Deb822> packages() throws Exception {
    return Deb822.parseAll(
        Files.readString(
            repository.resolve("dists/variants/main/binary-amd64/Packages"), ISO_8859_1));
  }

  @Test
  void theFilesAreThoseThatTheFormatNames() throws Exception {
    requireDone(out);
    Sha256 attestation = Sha256.of(Files.readAllBytes(out.resolve("attestation.json")));
    String indices = "dists/variants/main/binary-amd64/";
    assertThat(content().keySet())
        .filteredOn(path -> !path.contains("by-hash"))
        .containsExactlyInAnyOrder(
            "attestations/variants/" + attestation + ".json",
            "dists/variants/InRelease",
            "dists/variants/Release",
            "dists/variants/Release.gpg",
            indices + "Packages",
            indices + "Packages.gz",
            indices + "Packages.xz",
            POOL + "tiny_1_amd64.deb",
            "repository-key.pgp");
    for (String name : List.of("Packages", "Packages.gz", "Packages.xz")) {
      Path file = repository.resolve(indices + name);
      Sha256 digest = Sha256.of(Files.readAllBytes(file));
      assertThat(repository.resolve(indices + "by-hash/SHA256/" + digest))
          .hasSameBinaryContentAs(file);
      assertThat(release().require("SHA256")).contains(digest.toString());
    }
    assertThat(release().require("Acquire-By-Hash")).isEqualTo("yes");
    assertThat(release().get("MD5Sum")).isEmpty();
    assertThat(release().get("SHA1")).isEmpty();
  }

  @Test
  void whatTheUserNamesIsWhatAptSees() throws Exception {
    requireDone(
        out, "--suite", "tcc", "--origin", "alpha", "--label", "by tcc", "--valid-days", "7");
    Deb822 release = Deb822.parseOne(Files.readString(repository.resolve("dists/tcc/Release")));
    assertThat(release.require("Suite")).isEqualTo("tcc");
    assertThat(release.require("Codename")).isEqualTo("tcc");
    assertThat(release.require("Origin")).isEqualTo("alpha");
    assertThat(release.require("Label")).isEqualTo("by tcc");
    ReleaseText read = ReleaseText.parse(Files.readString(repository.resolve("dists/tcc/Release")));
    assertThat(read.validUntil())
        .isBetween(
            Instant.now().plus(Duration.ofDays(7)).minusSeconds(120),
            Instant.now().plus(Duration.ofDays(7)));
    assertThat(printed)
        .contains("Types: deb\nURIs: file://" + repository + "/\nSuites: tcc\nComponents: main\n")
        .contains("Signed-By:\n -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n ");
  }

  @Test
  void variantsOfOneVersionLieInSuitesOfTheirOwn() throws Exception {
    requireDone(out);
    Path variant = alpha.built("variant", new Deb("tiny", "1", "amd64", "other bits"));
    assertThat(run(variant)).isEqualTo(1);
    assertThat(errors).contains("other bits under this name", "--suite");
    requireDone("--suite", "tcc", variant);
    assertThat(repository.resolve("pool/tcc/main/t/tiny/tiny_1_amd64.deb"))
        .hasSameBinaryContentAs(variant.resolve("artifacts/tiny_1_amd64.deb"));
    requireDone("--suite", "variants");
  }

  @Test
  void oneRunAddsToAnotherAndRenewsWithoutAFolder() throws Exception {
    requireDone(out);
    requireDone(alpha.built("more", new Deb("tinier", "1", "amd64", "more")));
    assertThat(packages())
        .extracting(each -> each.require("Package"))
        .containsExactly("tinier", "tiny");
    String pool = POOL + "tiny_1_amd64.deb";
    Object before = Files.getAttribute(repository.resolve(pool), "unix:ino");
    requireDone();
    assertThat(Files.getAttribute(repository.resolve(pool), "unix:ino")).isEqualTo(before);
    assertThat(packages()).hasSize(2);
    requireDone(out);
    assertThat(packages()).hasSize(2);
  }

  @Test
  void theSameBitsOfTwoRebuildersAreOnePackageWithTwoAttestations() throws Exception {
    RebuiltFolders beta = new RebuiltFolders(folder.resolve("beta"), "beta");
    Path second = beta.attest("out", List.of(RebuiltFolders.read(deb())));
    Files.createDirectories(second.resolve("artifacts"));
    Files.copy(deb(), second.resolve("artifacts/tiny_1_amd64.deb"));
    requireDone("--certificate", beta.certificate(), out, second);
    assertThat(packages()).hasSize(1);
    assertThat(content().keySet()).filteredOn(path -> path.startsWith("attestations/")).hasSize(2);
  }

  @Test
  void debugSymbolsAreLeftOutUnlessAskedFor() throws Exception {
    Path with = alpha.built("with", TINY, new Deb("tiny-dbgsym", "1", "amd64", "symbols"));
    requireDone("--json", with);
    JsonNode json = new ObjectMapper().readTree(printed);
    assertThat(json.path("leftOut")).hasSize(1);
    assertThat(json.path("leftOut").path(0).asText()).isEqualTo("tiny-dbgsym_1_amd64.deb");
    assertThat(packages()).hasSize(1);
    requireDone("--debug", with);
    assertThat(packages()).hasSize(2);
  }

  @Test
  void theResultIsOneJsonObjectToo() throws Exception {
    requireDone("--json", "--url", "https://packages.example.org/", out);
    JsonNode json = new ObjectMapper().readTree(printed);
    JsonNode first = json.path("packages").path(0);
    assertThat(first.path("file").asText()).isEqualTo(POOL + "tiny_1_amd64.deb");
    assertThat(first.path("sha256").asText())
        .isEqualTo(Sha256.of(Files.readAllBytes(deb())).toString());
    assertThat(first.path("added").asBoolean()).isTrue();
    assertThat(json.path("architectures").path(0).asText()).isEqualTo("amd64");
    assertThat(json.path("source").asText()).contains("URIs: https://packages.example.org/\n");
    requireDone("--json", out);
    JsonNode again = new ObjectMapper().readTree(printed).path("packages").path(0).path("added");
    assertThat(again.asBoolean(true)).isFalse();
  }

  @Test
  void indicesOfBeforeLastForADay() throws Exception {
    requireDone(out);
    Path byHash = repository.resolve("dists/variants/main/binary-amd64/by-hash/SHA256");
    List<Path> first = list(byHash);
    for (Path file : first) {
      Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(Duration.ofDays(9))));
    }
    requireDone(alpha.built("more", new Deb("tinier", "1", "amd64", "more")));
    assertThat(list(byHash)).containsAll(first).hasSize(6);
    requireDone(alpha.built("most", new Deb("tiniest", "1", "amd64", "most")));
    assertThat(list(byHash)).containsAll(first).hasSize(9);
    for (Path file : first) {
      Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(Duration.ofDays(2))));
    }
    requireDone();
    assertThat(list(byHash)).doesNotContainAnyElementsOf(first).hasSize(6);
  }

  private static List<Path> list(Path folder) throws Exception {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    }
  }

  @Test
  void whatAKilledRunLeftIsRemoved() throws Exception {
    requireDone(out);
    Path left = Files.createDirectories(repository.resolve(".new/pool/variants"));
    Files.createSymbolicLink(left.resolve("link"), out);
    Files.writeString(
        repository.resolve("attestations/variants/.x.json.0.tmp"), "half an attestation");
    requireDone();
    assertThat(repository.resolve(".new")).doesNotExist();
    assertThat(out.resolve("attestation.json")).exists();
    assertThat(content().keySet()).noneMatch(path -> path.endsWith(".tmp"));
  }

  @Test
  void whatARunThatFailedHalfWayPutInPlaceIsTakenUpByTheNext() throws Exception {
    Files.createDirectories(repository);
    Files.writeString(repository.resolve("dists"), "in the way");
    assertThat(run(out)).isEqualTo(5);
    assertThat(pooled()).exists();
    Files.delete(repository.resolve("dists"));
    requireDone();
    assertThat(packages()).hasSize(1);
  }

  @Test
  void packagesForAllAreInTheIndicesOfWhatTheyWereBuiltOn() throws Exception {
    requireDone(alpha.built("all", new Deb("tiny-doc", "1", "all", "text")));
    assertThat(packages()).hasSize(1);
    assertThat(release().require("Architectures")).isEqualTo("amd64");
  }

  @Test
  void oneRunWritesAtATime() throws Exception {
    requireDone(out);
    WriterLock lock = WriterLock.take(repository);
    try {
      assertThat(run()).isEqualTo(5);
      assertThat(errors).contains("another run is writing this repository");
    } finally {
      lock.close();
    }
    requireDone();
  }

  private Path deb() {
    return out.resolve("artifacts/tiny_1_amd64.deb");
  }

  interface Change {
    void on(RepositoryTest test) throws Exception;
  }

  private static Arguments change(String what, Change change, int code, String says) {
    return Arguments.of(what, change, code, says);
  }

  static Stream<Arguments> wrongFolders() {
    return Stream.of(
        change("no attestation", t -> Files.delete(t.attestation()), 2, "there is no attestation"),
        change("half an attestation", t -> Files.writeString(t.attestation(), "{"), 2, "JSON"),
        change("an attestation behind a link", t -> t.linkTo(t.attestation()), 2, "there is no"),
        change(
            "one byte of what was signed",
            t -> t.replaceIn(t.attestation(), "\"payload\":\"eyJf", "\"payload\":\"eyJg"),
            1,
            "does not fit the message"),
        change("a stranger's attestation", RepositoryTest::byAStranger, 1, "no certificate known"),
        change("another statement", RepositoryTest::aPolicy, 1, "found a policy"),
        change(
            "a failed rebuild",
            t -> t.alpha.attest("out", Results.failed("no", Optional.empty())),
            1,
            "expected an attestation of what a rebuild made"),
        change("one byte of a package", t -> t.changeByte(t.deb()), 1, "expected the attested SHA"),
        change(
            "a longer package",
            t -> Files.write(t.deb(), new byte[] {0}, java.nio.file.StandardOpenOption.APPEND),
            1,
            "expected the attested size"),
        change("a missing package", t -> Files.delete(t.deb()), 1, "it is attested, and not there"),
        change("a package behind a link", t -> t.linkTo(t.deb()), 1, "expected nothing but"),
        change(
            "a package more",
            t -> RebuiltFolders.build(new Deb("evil", "1", "amd64", ""), t.artifacts()),
            1,
            "expected nothing but the plain files that are attested"),
        change(
            "a hidden file more",
            t -> Files.writeString(t.artifacts().resolve(".x"), ""),
            1,
            "expected nothing but the plain files that are attested"),
        change(
            "a folder more",
            t -> Files.createDirectory(t.artifacts().resolve("x")),
            1,
            "expected nothing but the plain files that are attested"),
        change("another package inside", RepositoryTest::aLiar, 1, "inside is tiny 1 amd64"),
        change("no package at all", RepositoryTest::noDeb, 2, "expected a Debian package"),
        change("debug symbols of other bits", RepositoryTest::debugSymbols, 1, "attested SHA-256"));
  }

  /** Whatever is wrong: with an empty repository, and with one that has packages. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("wrongFolders")
  void aFolderThatIsNotAsAttestedIsRefusedAndNothingChanges(
      String what, Change change, int code, String says) throws Exception {
    Path good = alpha.built("good", new Deb("tinier", "1", "amd64", "good"));
    change.on(this);
    assertThat(run(good, out)).as(errors).isEqualTo(code);
    assertThat(errors).contains(says);
    assertThat(content()).isEmpty();

    requireDone(good);
    Map<String, String> before = content();
    assertThat(run(out)).isEqualTo(code);
    assertThat(errors).contains(says);
    assertThat(content()).isEqualTo(before);
  }

  static Stream<Arguments> wrongRepositories() {
    return Stream.of(
        change(
            "one byte of a package",
            t -> t.changeByte(t.pooled()),
            1,
            "no attestation in the repository says that tiny 1 amd64"),
        change(
            "an unattested package",
            t -> RebuiltFolders.build(new Deb("evil", "1", "amd64", ""), t.pool()),
            1,
            "no attestation in the repository says that evil 1 amd64"),
        change(
            "an attested package elsewhere",
            t -> Files.move(t.pooled(), t.pool().resolve("tiny_2_amd64.deb")),
            1,
            "no attestation in the repository says"),
        change("a link", t -> t.linkTo(t.pooled()), 1, "plain files in the pool"),
        change("another file", t -> Files.writeString(t.pool().resolve("x"), ""), 2, "x: byte 0"),
        change(
            "a changed attestation",
            t -> t.changeByte(t.kept()),
            1,
            "expected an envelope of this digest"),
        change(
            "no attestation", t -> Files.delete(t.kept()), 1, "no attestation in the repository"),
        change(
            "an attestation by a stranger",
            t -> {
              t.byAStranger();
              Sha256 digest = Sha256.of(Files.readAllBytes(t.attestation()));
              Files.copy(t.attestation(), t.kept().resolveSibling(digest + ".json"));
            },
            1,
            "no certificate known for key id"),
        change(
            "another key",
            t -> Files.write(t.repository.resolve("repository-key.pgp"), t.stranger()),
            2,
            "that signed it before"),
        change(
            "no key",
            t -> Files.writeString(t.repository.resolve("repository-key.pgp"), "x"),
            2,
            "repository-key.pgp: "));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("wrongRepositories")
  void aRepositoryThatSomebodyChangedIsNotSignedAnew(
      String what, Change change, int code, String says) throws Exception {
    requireDone(out);
    change.on(this);
    Map<String, String> before = content();
    assertThat(run()).as(errors).isEqualTo(code);
    assertThat(errors).contains(says);
    assertThat(content()).isEqualTo(before);
  }

  @Test
  void aRebuildersKeySignsNoRepository() throws Exception {
    assertThat(run("--key", alpha.key(), out)).isEqualTo(2);
    assertThat(errors).contains("is a rebuilder's").contains("hint: make one for the repository");
    assertThat(content()).isEmpty();
  }

  @Test
  void aRepositoryOfNothingIsWrongUsage() throws Exception {
    assertThat(run()).isEqualTo(2);
    assertThat(errors).contains("there would be no package in the repository");
    assertThat(content()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--suite | ../x | expected a suite",
        "--suite | a/b | expected a suite",
        "--origin | x\"; Dir \"/ | expected an origin",
        "--label | 'two\nlines' | expected an origin and a label",
        "--valid-days | 0 | expected --valid-days from 1 to 366, found 0",
        "--valid-days | 367 | found 367",
        "--url | nowhere | expected a URL",
        "--url | 'http://x/ y' | expected a URL",
        "--certificate | /nowhere | there is no such certificate",
        "--key | /nowhere | there is no such key",
      })
  void wrongUsageIsNamed(String option, String value, String says) throws Exception {
    assertThat(run(out, option, value)).isEqualTo(2);
    assertThat(errors).contains(says);
    assertThat(content()).isEmpty();
  }

  /** One of two could say that the key was revoked. */
  @Test
  void twoCertificatesOfOneRebuilderAreWrongUsage() throws Exception {
    assertThat(run(out, "--certificate", alpha.certificate().toString())).isEqualTo(2);
    assertThat(errors).contains("expected each rebuilder's certificate once, found two of");
    assertThat(content()).isEmpty();
  }

  private Path attestation() {
    return out.resolve("attestation.json");
  }

  private Path artifacts() {
    return out.resolve("artifacts");
  }

  private Path pool() {
    return repository.resolve(POOL);
  }

  private Path pooled() {
    return pool().resolve("tiny_1_amd64.deb");
  }

  private Path kept() throws Exception {
    return list(repository.resolve("attestations/variants")).get(0);
  }

  private void changeByte(Path file) throws Exception {
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length - 9] ^= 1;
    Files.write(file, bytes);
  }

  private void replaceIn(Path file, String what, String by) throws Exception {
    String text = Files.readString(file);
    assertThat(text).contains(what);
    Files.writeString(file, text.replace(what, by));
  }

  private void linkTo(Path file) throws Exception {
    Path moved = folder.resolve("moved");
    Files.move(file, moved);
    Files.createSymbolicLink(file, moved);
  }

  private byte[] stranger() throws Exception {
    SecretKey key = SecretKey.generate("stranger", Instant.now(), Duration.ofDays(9));
    return key.certificate().toBytes();
  }

  private void byAStranger() throws Exception {
    RebuiltFolders stranger = new RebuiltFolders(folder.resolve("stranger"), "stranger");
    Path theirs = stranger.attest("out", List.of(RebuiltFolders.read(deb())));
    Files.write(attestation(), Files.readAllBytes(theirs.resolve("attestation.json")));
  }

  private void aPolicy() throws Exception {
    SecretKey key = RebuilderKey.open(alpha.key(), Instant.now());
    Statement other = new PolicyRelease("gateway", 1, Sha256.of(new byte[0]), 1);
    Envelope envelope = Envelope.sign(Statement.PAYLOAD_TYPE, other.toJson(), key, Instant.now());
    Files.write(attestation(), envelope.toBytes());
  }

  /** The digest is right, the name is not. */
  private void aLiar() throws Exception {
    BinaryArtifact real = RebuiltFolders.read(deb());
    PackageIdentity other =
        new PackageIdentity(
            new PackageName("bash"), new PackageVersion("1"), new Architecture("amd64"));
    alpha.attest("out", List.of(new BinaryArtifact(other, real.digest(), real.size())));
    Files.move(deb(), artifacts().resolve("bash_1_amd64.deb"));
  }

  private void noDeb() throws Exception {
    byte[] text = "not a package".getBytes(UTF_8);
    Files.write(deb(), text);
    BinaryArtifact lie =
        new BinaryArtifact(
            new PackageIdentity(
                new PackageName("tiny"), new PackageVersion("1"), new Architecture("amd64")),
            Sha256.of(text),
            text.length);
    alpha.attest("out", List.of(lie));
  }

  private void debugSymbols() throws Exception {
    alpha.built("out", TINY, new Deb("tiny-dbgsym", "1", "amd64", "symbols"));
    changeByte(artifacts().resolve("tiny-dbgsym_1_amd64.deb"));
  }
}
