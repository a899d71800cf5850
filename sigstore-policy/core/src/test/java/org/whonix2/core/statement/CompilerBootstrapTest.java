package org.whonix2.core.statement;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.tuple;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.artifact.Architecture;
import org.whonix2.core.artifact.PackageName;
import org.whonix2.core.artifact.PackageVersion;
import org.whonix2.core.digest.Sha256;

/** What came out of a compiler root. */
class CompilerBootstrapTest {
  private static final Sha256 DIGEST = Sha256.of(new byte[] {1});
  private static final CompilerFile PROGRAM = file("/usr/bin/cc");

  private static String text(String example) throws IOException {
    try (InputStream in =
        CompilerBootstrapTest.class.getResourceAsStream("/examples/" + example + ".json")) {
      return new String(Objects.requireNonNull(in).readAllBytes(), UTF_8);
    }
  }

  private static Statement read(String json) throws MalformedInputException {
    return Statement.parse(Statement.PAYLOAD_TYPE, json.getBytes(UTF_8));
  }

  private static CompilerBootstrap example() throws Exception {
    return (CompilerBootstrap) read(text("compiler-bootstrap"));
  }

  private static CompilerFile file(String path) {
    return new CompilerFile(path, CompilerFile.Role.COMPILER, DIGEST, 1);
  }

  private static CompilerFile file(String path, CompilerFile.Role role) {
    return new CompilerFile(path, role, DIGEST, 1);
  }

  private static SourcePackage source(String name) {
    return new SourcePackage(new PackageName(name), new PackageVersion("1:2-3"), DIGEST);
  }

  /** The example with other sources, another stage, or other files. */
  private static CompilerBootstrap with(
      List<SourcePackage> sources, int stage, List<Sha256> earlier, List<CompilerFile> files)
      throws Exception {
    CompilerBootstrap like = example();
    return new CompilerBootstrap(
        like.plan(),
        like.makes(),
        sources,
        like.suite(),
        like.architecture(),
        like.compilerRoot(),
        like.rootToolchain(),
        stage,
        earlier,
        files,
        like.libcDev(),
        like.run());
  }

  private static CompilerBootstrap withSources(List<SourcePackage> sources) throws Exception {
    return with(sources, 1, List.of(), List.of(PROGRAM));
  }

  private static CompilerBootstrap withFiles(List<CompilerFile> files) throws Exception {
    return with(List.of(source("tcc")), 1, List.of(), files);
  }

  private static CompilerBootstrap withStage(int stage, int earlier) throws Exception {
    return with(
        List.of(source("tcc")), stage, Collections.nCopies(earlier, DIGEST), List.of(PROGRAM));
  }

  private static void comesBack(CompilerBootstrap bootstrap) throws Exception {
    assertThat(Statement.parse(Statement.PAYLOAD_TYPE, bootstrap.toJson())).isEqualTo(bootstrap);
  }

  @Test
  void whatTheExampleSaysIsRead() throws Exception {
    CompilerBootstrap bootstrap = example();
    assertThat(bootstrap.kind()).isEqualTo(StatementKind.COMPILER_BOOTSTRAP);
    assertThat(bootstrap.plan().name()).isEqualTo("tcc");
    assertThat(bootstrap.makes().name()).isEqualTo("tcc-ddc");
    assertThat(bootstrap.sources())
        .extracting(SourcePackage::fileName)
        .containsExactly("tcc_0.9.27+git20200814.62c30a4a-1.dsc");
    assertThat(bootstrap.suite()).isEqualTo("bookworm");
    assertThat(bootstrap.architecture()).isEqualTo(new Architecture("amd64"));
    assertThat(bootstrap.compilerRoot()).isEqualTo("clang");
    assertThat(bootstrap.rootToolchain().name()).isEqualTo("clang-14");
    assertThat(bootstrap.stage()).isEqualTo(2);
    assertThat(bootstrap.earlier()).containsExactly(Sha256.of("stage 1".getBytes(UTF_8)));
    assertThat(bootstrap.files())
        .extracting(CompilerFile::path, CompilerFile::role, CompilerFile::size)
        .containsExactly(
            tuple("/opt/whonix2/tcc-ddc/tcc", CompilerFile.Role.COMPILER, 402_136L),
            tuple("/opt/whonix2/tcc-ddc/lib/libtcc1.a", CompilerFile.Role.RUNTIME, 21_502L),
            tuple("/opt/whonix2/tcc-ddc/include/stddef.h", CompilerFile.Role.HEADER, 1_381L));
    assertThat(bootstrap.libcDev()).hasToString("2.36-9+deb12u10");
    assertThat(bootstrap.sequence()).isEqualTo(9);
    assertThat(bootstrap.rebuilder()).hasToString("0123456789abcdef0123456789abcdef01234567");
    assertThat(bootstrap.run().byproducts())
        .extracting(Byproduct::name)
        .containsExactly("build.log");
  }

  /** Computed apart, by sort and sha256sum. */
  @Test
  void theStageDigestIsThatOfTheSortedLines() throws Exception {
    assertThat(example().stageDigest())
        .hasToString("e597cc5ec62455e9309da0869d03249aef3a91b9aa3c900358337f4e84b8ec84");
    Sha256 one = Sha256.of(new byte[0]);
    List<CompilerFile> files =
        new ArrayList<>(
            List.of(
                new CompilerFile("/b", CompilerFile.Role.RUNTIME, one, 0),
                new CompilerFile("/a", CompilerFile.Role.COMPILER, DIGEST, 1)));
    Sha256 digest = CompilerBootstrap.stageDigest(files);
    assertThat(digest).isEqualTo(Sha256.of((DIGEST + " /a\n" + one + " /b\n").getBytes(UTF_8)));
    Collections.reverse(files);
    assertThat(CompilerBootstrap.stageDigest(files)).isEqualTo(digest);
  }

  @Test
  void theStageDigestCoversPathsAndContentsOnly() {
    Sha256 digest = CompilerBootstrap.stageDigest(List.of(PROGRAM));
    CompilerFile moved = file("/usr/bin/c");
    CompilerFile changed =
        new CompilerFile(PROGRAM.path(), PROGRAM.role(), Sha256.of(new byte[] {2}), 1);
    CompilerFile renamed = new CompilerFile(PROGRAM.path(), CompilerFile.Role.HEADER, DIGEST, 2);
    assertThat(CompilerBootstrap.stageDigest(List.of(moved))).isNotEqualTo(digest);
    assertThat(CompilerBootstrap.stageDigest(List.of(changed))).isNotEqualTo(digest);
    assertThat(CompilerBootstrap.stageDigest(List.of(PROGRAM, moved))).isNotEqualTo(digest);
    assertThat(CompilerBootstrap.stageDigest(List.of(renamed))).isEqualTo(digest);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "compiler-bootstrap/v1 | compiler-bootstrap/v2 | member /predicate/buildDefinition/buildType: expected one of https://whonix2.org/buildtype/debian-rebuild/v1, https://whonix2.org/buildtype/compiler-bootstrap/v1; found",
        "compiler-bootstrap/v1 | debian-rebuild/v1 | member /predicate/buildDefinition/resolvedDependencies",
        "\"buildType\" | \"buildtype\" | member /predicate/buildDefinition/buildType: expected a string, found nothing",
        "\"buildDefinition\" | \"definition\" | member /predicate/buildDefinition: expected an object, found nothing",
        "\"name\":\"/opt/whonix2/tcc-ddc/tcc\" | \"name\":\"opt/whonix2/tcc-ddc/tcc\" | member /subject/0/name: expected an absolute path of at most 200 characters",
        "/tcc-ddc/lib/ | /tcc-ddc/../ | member /subject/1/name: expected an absolute path",
        "\"name\":\"/opt/whonix2/tcc-ddc/lib/libtcc1.a\" | \"name\":\"/opt/whonix2/tcc-ddc/tcc\" | a compiler bootstrap: expected each path once, found /opt/whonix2/tcc-ddc/tcc",
        "\"role\":\"compiler\" | \"role\":\"header\" | a compiler bootstrap: expected at least one file that is a compiler",
        "\"role\":\"compiler\" | \"role\":\"Compiler\" | member /subject/0/annotations/role: expected compiler, runtime or header, found 'Compiler'",
        "\"size\":402136 | \"size\":-1 | member /subject/0/annotations/size: expected a whole number from 0",
        "\"size\":402136 | \"size\":402136,\"x\":1 | member /subject/0/annotations/'x': expected no such member",
        "\"plan\":{\"name\":\"tcc\" | \"plan\":{\"name\":\"TCC\" | a compiler bootstrap: expected a bootstrap plan such as tcc",
        "\"stage\":2 | \"stage\":0 | member /predicate/buildDefinition/externalParameters/stage: expected a whole number from 1",
        "\"stage\":2 | \"stage\":10 | member /predicate/buildDefinition/externalParameters/stage: expected a whole number from 1 to 9, found '10'",
        "\"stage\":2 | \"stage\":4294967298 | member /predicate/buildDefinition/externalParameters/stage: expected a whole number from 1 to 9",
        "\"stage\":2 | \"stage\":3 | a compiler bootstrap: expected as many earlier stages as there are before stage 3, found 1",
        "\"stage\":2 | \"stage\":1 | a compiler bootstrap: expected as many earlier stages as there are before stage 1, found 1",
        "\"earlier\":[{ | \"earlier\":[{\"stage\":1, | member /predicate/buildDefinition/internalParameters/earlier/0/'stage': expected no such member",
        "?arch=source | ?arch=amd64 | member /predicate/buildDefinition/externalParameters/sources/0/uri: expected a source package of suite 'bookworm'",
        "distro=bookworm | distro=trixie | member /predicate/buildDefinition/externalParameters/sources/0/uri: expected a source package of suite 'bookworm'",
        "\"suite\":\"bookworm\" | \"suite\":\"trixie\" | member /predicate/buildDefinition/externalParameters/sources/0/uri: expected a source package of suite 'trixie'",
        "\"name\":\"tcc_0.9.27 | \"name\":\"tcc_0.9.28 | member /predicate/buildDefinition/resolvedDependencies/0/name",
        "\"resolvedDependencies\":[{ | \"resolvedDependencies\":[{\"name\":\"a\"},{ | member /predicate/buildDefinition/resolvedDependencies: expected every source once",
        "\"libcDev\":\"2.36 | \"libcDev\":\"v2.36 | member /predicate/buildDefinition/internalParameters/libcDev: expected a version",
        "\"compilerRoot\":\"clang\" | \"compilerRoot\":\"Clang\" | a compiler bootstrap: expected a compiler root such as gcc",
        "\"sequence\":9 | \"sequence\":8 | member /predicate/runDetails/metadata/invocationId",
        "\"sequence\":9 | \"sequence\":9,\"profile\":\"\" | member /predicate/buildDefinition/internalParameters/'profile': expected no such member",
        "01:00:21Z | 00:59:59Z | a compiler bootstrap: expected an end that is not before the start",
      })
  void aDefectIsRefusedAndNamed(String from, String to, String named) throws Exception {
    String json = text("compiler-bootstrap");
    int at = json.indexOf(from);
    assertThat(at).isPositive();
    String changed = json.substring(0, at) + to + json.substring(at + from.length());
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> read(changed))
        .withMessageContaining(named);
  }

  @Test
  void aSourceStandsTwiceWithOneDigest() throws Exception {
    String json = text("compiler-bootstrap");
    String dsc = example().sources().get(0).dsc().toString();
    int last = json.lastIndexOf(dsc);
    assertThat(json.indexOf(dsc)).isNotEqualTo(last);
    String changed = json.substring(0, last) + DIGEST + json.substring(last + dsc.length());
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> read(changed))
        .withMessageContaining("resolvedDependencies/0/digest")
        .withMessageContaining("the digest that externalParameters has of it");
  }

  @Test
  void aRebuildUnderABootstrapsBuildTypeIsRefused() throws Exception {
    String json = text("provenance").replace("debian-rebuild/v1", "compiler-bootstrap/v1");
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> read(json))
        .withMessageContaining("externalParameters/sources: expected an array, found nothing");
  }

  @Test
  void itsKindIsToldByItsBuildType() throws Exception {
    for (String example : List.of("provenance", "compiler-bootstrap")) {
      byte[] payload = text(example).getBytes(UTF_8);
      assertThat(Statement.kind(Statement.PAYLOAD_TYPE, payload))
          .isEqualTo(Statement.parse(Statement.PAYLOAD_TYPE, payload).kind());
    }
    byte[] unknown = text("provenance").replace("rebuild/v1", "rebuild/v9").getBytes(UTF_8);
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> Statement.kind(Statement.PAYLOAD_TYPE, unknown))
        .withMessageContaining("debian-rebuild/v9");
  }

  @Test
  void sourcesAreFewAndEachStandsOnce() throws Exception {
    List<SourcePackage> many = new ArrayList<>();
    for (int i = 0; i <= CompilerBootstrap.MOST_SOURCES; i++) {
      many.add(source("gcc-" + i));
    }
    comesBack(withSources(many.subList(1, many.size())));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> withSources(many))
        .withMessage("expected 1 to 8 sources, found 9");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> withSources(List.of()))
        .withMessage("expected 1 to 8 sources, found 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> withSources(List.of(source("gcc"), source("tcc"), source("gcc"))))
        .withMessage("expected each source once, found gcc");
  }

  @Test
  void everyStageNamesThoseBeforeIt() throws Exception {
    for (int stage = 1; stage <= CompilerBootstrap.MOST_STAGES; stage++) {
      comesBack(withStage(stage, stage - 1));
      int few = stage - 2;
      int many = stage;
      if (few >= 0) {
        assertThatIllegalArgumentException().isThrownBy(() -> withStage(many, few));
      }
      assertThatIllegalArgumentException().isThrownBy(() -> withStage(many, many));
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> withStage(10, 9))
        .withMessage("expected a stage from 1 to 9, found 10");
    assertThatIllegalArgumentException().isThrownBy(() -> withStage(0, 0));
  }

  @Test
  void filesAreNotTooManyAndFitIntoAnEntry() throws Exception {
    List<CompilerFile> many = new ArrayList<>();
    for (int i = 0; i <= CompilerBootstrap.MOST_FILES; i++) {
      many.add(file("/usr/lib/gcc/x86_64-linux-gnu/12/include/h%03d.h".formatted(i)));
    }
    comesBack(withFiles(many.subList(1, many.size())));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> withFiles(many))
        .withMessage("expected 1 to 200 files, found 201");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> withFiles(List.of()))
        .withMessage("expected 1 to 200 files, found 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> withFiles(List.of(file("/a", CompilerFile.Role.RUNTIME))))
        .withMessage("expected at least one file that is a compiler");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                withFiles(
                    List.of(
                        PROGRAM,
                        new CompilerFile(
                            PROGRAM.path(), CompilerFile.Role.HEADER, Sha256.of(new byte[0]), 0))))
        .withMessage("expected each path once, found /usr/bin/cc");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/a", "/usr/include/c++/12/a,b", "/.a", "/...", "/a../b", "/a@~=_+-.,"})
  void anAbsolutePathInNormalFormIsRead(String path) throws Exception {
    assertThat(CompilerFile.checkedPath(path)).isEqualTo(path);
    assertThat(file(path).path()).isEqualTo(path);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/",
        "a",
        "a/b",
        "//a",
        "/a//b",
        "/a/",
        "/.",
        "/..",
        "/./a",
        "/a/.",
        "/a/..",
        "/a/../b",
        "/a b",
        "/a\n",
        "/a\nb",
        "/a\u0000",
        "/$a",
        "/a\\b",
        "/\u00e4",
        "/a'",
        "/a`",
        "/a;b",
        "/*"
      })
  void anyOtherPathIsRefused(String path) {
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> CompilerFile.checkedPath(path))
        .withMessageContaining("expected an absolute path");
    assertThatIllegalArgumentException().isThrownBy(() -> file(path));
  }

  @Test
  void aPathIsNotTooLong() throws Exception {
    String longest = "/a".repeat(100);
    assertThat(CompilerFile.checkedPath(longest)).isEqualTo(longest);
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> CompilerFile.checkedPath(longest + "a"));
  }

  @Test
  void aSizeThatOthersMisreadIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new CompilerFile("/a", CompilerFile.Role.HEADER, DIGEST, -1));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new CompilerFile("/a", CompilerFile.Role.HEADER, DIGEST, 1L << 53));
  }

  @Test
  void everyTruncationIsRefused() throws Exception {
    byte[] json = example().toJson();
    for (int length = 0; length < json.length; length++) {
      byte[] cut = Arrays.copyOf(json, length);
      assertThatExceptionOfType(MalformedInputException.class)
          .isThrownBy(() -> Statement.parse(Statement.PAYLOAD_TYPE, cut));
    }
  }

  @Test
  void noChangedByteEndsInAnythingButAComplaint() throws Exception {
    byte[] json = example().toJson();
    for (int at = 0; at < json.length; at++) {
      for (int mask : new int[] {1, 2, 4, 8, 16, 32, 64, 128}) {
        byte[] changed = json.clone();
        changed[at] ^= (byte) mask;
        try {
          Statement read = Statement.parse(Statement.PAYLOAD_TYPE, changed);
          assertThat(Statement.parse(Statement.PAYLOAD_TYPE, read.toJson())).isEqualTo(read);
        } catch (MalformedInputException e) {
          assertThat(e).hasMessageNotContaining("\u001b");
        } catch (RuntimeException e) {
          throw new AssertionError("byte " + at + ", bit " + mask, e);
        }
      }
    }
  }
}
