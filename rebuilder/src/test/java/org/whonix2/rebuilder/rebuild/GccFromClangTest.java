package org.whonix2.rebuilder.rebuild;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.whonix2.core.digest.Sha256;
import org.whonix2.io.progress.Progress;
import org.whonix2.rebuilder.RealWorkshop;
import org.whonix2.rebuilder.SandboxFiles;
import org.whonix2.rebuilder.apt.ArchivedSource;
import org.whonix2.rebuilder.apt.SourceRequest;
import org.whonix2.rebuilder.bootstrap.BootstrapRequest;
import org.whonix2.rebuilder.bootstrap.BootstrapRun;
import org.whonix2.rebuilder.bootstrap.RootResult;
import org.whonix2.rebuilder.bootstrap.Stage;
import org.whonix2.rebuilder.bootstrap.StageFile;
import org.whonix2.rebuilder.bootstrap.UsedStage;
import org.whonix2.rebuilder.input.Input;
import org.whonix2.rebuilder.process.Cancellation;
import org.whonix2.rebuilder.process.Command;
import org.whonix2.rebuilder.process.Limits;
import org.whonix2.rebuilder.process.LogFile;
import org.whonix2.rebuilder.process.Programs;
import org.whonix2.rebuilder.sandbox.BuildLimits;
import org.whonix2.rebuilder.sandbox.BuildRoot;
import org.whonix2.rebuilder.sandbox.JobCompiler;
import org.whonix2.rebuilder.sandbox.Recipe;
import org.whonix2.rebuilder.sandbox.RootCache;
import org.whonix2.rebuilder.sandbox.Sandbox;
import org.whonix2.rebuilder.sandbox.Surroundings;
import org.whonix2.toolchain.BootstrapPlan;
import org.whonix2.toolchain.Definitions;
import org.whonix2.toolchain.Toolchain;

/**
 * Debian's gcc, compiled by clang, makes what Debian ships. Needs root, the mirror, 8 GiB below the
 * temporary folder, and most of an hour.
 */
@Tag("heavy")
@Timeout(7200)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class GccFromClangTest {
  private static final String CC1 = "/usr/lib/gcc/x86_64-linux-gnu/12/cc1";

  /**
   * The constant in cc1 from which it writes the comment section of all that it compiles; in its
   * own comment section the text goes on.
   */
  private static final String VERSION = "(Debian 12.2.0-14+deb12u1) \0";

  private Path folder;

  @BeforeAll
  void oneStateForAll(@TempDir(cleanup = CleanupMode.NEVER) Path given) throws Exception {
    folder = given;
    Files.createDirectory(folder.resolve("state"));
  }

  /** Thousands of files of other users, and not for JUnit to ask about one by one. */
  @AfterAll
  void remove() throws Exception {
    SandboxFiles.remove(folder);
  }

  @Order(1)
  @ParameterizedTest
  @ValueSource(strings = {"net-tools", "cjson", "giflib", "libfcgi"})
  void whatItBuildsIsWhatTheArchiveShips(String source) throws Exception {
    Input input = new Input.Archived(SourceRequest.parse(source));
    RebuildResult.Built built =
        RealRequest.build(RealRequest.of(input, "gcc-12", "clang", folder, source));
    List<Comparison> archived =
        built.comparisons().stream()
            .filter(each -> each.agreement() != Agreement.NOT_IN_ARCHIVE)
            .toList();
    assertThat(archived).isNotEmpty();
    assertThat(archived).extracting(Comparison::agreement).containsOnly(Agreement.AGREES);
    assertThat(built.attempt().stage()).isPresent();
    String log = Files.readString(folder.resolve(source).resolve("build.log"));
    String called = source.equals("libfcgi") ? CC1 + "plus" : CC1;
    assertThat(log)
        .as("the log says which compiler ran")
        .containsPattern("compiler: [0-9]+ times " + called + " by /opt/whonix2/called/cc1")
        .doesNotContain("compiler: refused");
  }

  private Stage stage(RealWorkshop workshop) throws Exception {
    Toolchain toolchain = workshop.toolchain("gcc-12");
    return UsedStage.of(toolchain, "clang", workshop.shop(), folder);
  }

  private static Path file(Stage stage, String name) {
    assertThat(stage.files()).extracting(each -> each.output().file()).contains(name);
    return stage.folder().resolve(name);
  }

  @Order(2)
  @ParameterizedTest
  @ValueSource(strings = {"cc1", "cc1plus", "lto1", "collect2", "gcc", "g++", "as", "ld.bfd"})
  void clangMadeItsPrograms(String name) throws Exception {
    try (RealWorkshop workshop =
        RealWorkshop.open(folder.resolve("state"), Definitions.shipped())) {
      ByteArrayOutputStream said = new ByteArrayOutputStream();
      String program = file(stage(workshop), name).toString();
      new Programs(new Cancellation())
          .run(
              Command.of("readelf", "-p", ".comment", program),
              new Limits(Duration.ofMinutes(1), 1 << 20),
              said);
      assertThat(said.toString(StandardCharsets.UTF_8)).contains("Debian clang version 14.");
    }
  }

  /** One other character in the compiler: the bits tell of it. */
  @Order(3)
  @Test
  void oneChangedCharacterInTheCompilerGivesOtherBits() throws Exception {
    try (RealWorkshop workshop =
        RealWorkshop.open(folder.resolve("state"), Definitions.shipped())) {
      Stage honest = stage(workshop);
      Path changed = workshop.shop().job().folder("changed");
      for (StageFile file : honest.files()) {
        String name = file.output().file();
        Files.copy(honest.folder().resolve(name), changed.resolve(name));
      }
      change(changed.resolve("cc1"));
      Map<String, Sha256> ours = digests(netTools(workshop, honest.folder(), honest));
      Map<String, Sha256> others = digests(netTools(workshop, changed, honest));
      assertThat(ours).isNotEmpty();
      assertThat(others.keySet()).isEqualTo(ours.keySet());
      Path archived = folder.resolve("net-tools/artifacts");
      String deb =
          ours.keySet().stream()
              .filter(name -> name.startsWith("net-tools_"))
              .findAny()
              .orElseThrow();
      assertThat(ours.get(deb)).isEqualTo(Sha256.of(Files.readAllBytes(archived.resolve(deb))));
      assertThat(others.get(deb)).isNotEqualTo(ours.get(deb));
    }
  }

  private static void change(Path program) throws Exception {
    byte[] bytes = Files.readAllBytes(program);
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    int at = text.indexOf(VERSION);
    assertThat(at).as("the version in cc1").isPositive().isEqualTo(text.lastIndexOf(VERSION));
    bytes[at + VERSION.indexOf(')') - 1] = '2';
    Files.write(program, bytes);
  }

  private static Path netTools(RealWorkshop workshop, Path compiler, Stage stage) throws Exception {
    String name = String.valueOf(compiler.getFileName());
    Path sources = workshop.shop().job().folder("source-" + name);
    ArchivedSource source = workshop.shop().apt().find(SourceRequest.parse("net-tools"));
    workshop.shop().apt().download(source, sources);
    Path results = workshop.shop().job().folder("results-" + name);
    Path dsc = sources.resolve(source.dsc().name());
    Toolchain toolchain = workshop.toolchain("gcc-12");
    JobCompiler.Regenerated regenerated =
        new JobCompiler.Regenerated(stage.sources(), compiler, stage.regenerated().files());
    try (BuildRoot root = workshop.root(dsc, toolchain.packageNames());
        LogFile log = new LogFile(workshop.shop().job().path("log-" + name))) {
      assertThat(
              Sandbox.in(
                      root,
                      sources,
                      results,
                      workshop.shop().limits(),
                      new JobCompiler(toolchain, Optional.of(regenerated)))
                  .build(
                      Recipe.usual(source.dsc().name(), source.folderName()),
                      Surroundings.usual(2),
                      workshop.shop().programs(),
                      log))
          .as(String.join("\n", log.tail(30)))
          .isEmpty();
    }
    return results;
  }

  private static Map<String, Sha256> digests(Path results) throws Exception {
    Map<String, Sha256> digests = new TreeMap<>();
    try (DirectoryStream<Path> debs = Files.newDirectoryStream(results, "*.deb")) {
      for (Path deb : debs) {
        digests.put(String.valueOf(deb.getFileName()), Sha256.of(Files.readAllBytes(deb)));
      }
    }
    return digests;
  }

  /** The archive's gcc and the one that clang compiled make one cc1 of gcc's source. */
  @Order(4)
  @Test
  void bothMakeOneGccOfItsSource() throws Exception {
    BootstrapPlan plan = Definitions.shipped().plan("gcc-12").orElseThrow();
    BootstrapRequest request =
        new BootstrapRequest(
            Definitions.shipped(),
            plan,
            plan.roots(),
            true,
            "bookworm",
            List.of(),
            BuildLimits.within(Duration.ofHours(2)),
            2,
            RootCache.Settings.STANDARD,
            Files.createDirectory(folder.resolve("gcc")),
            folder.resolve("state"));
    BootstrapRun.Result result =
        new BootstrapRun(
                request, new Programs(new Cancellation()), Progress.silent(), Clock.systemUTC())
            .run();
    assertThat(result.roots()).extracting(RootResult::failure).containsOnly(Optional.empty());
    Map<String, Map<String, Sha256>> last =
        result.roots().stream()
            .collect(
                Collectors.toMap(
                    root -> root.root().name(),
                    root -> files(root.stages().get(root.stages().size() - 1))));
    assertThat(last.keySet()).containsExactlyInAnyOrder("gcc", "clang");
    assertThat(last.get("clang")).isEqualTo(last.get("gcc"));
    assertThat(files(result.roots().get(0).stages().get(0)))
        .as("what clang made are other programs")
        .isNotEqualTo(last.get("gcc"));
  }

  private static Map<String, Sha256> files(Stage stage) {
    return stage.files().stream()
        .collect(Collectors.toMap(each -> each.output().file(), StageFile::digest));
  }
}
