package org.whonix2.rebuilder.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.whonix2.io.cli.CommandException;
import org.whonix2.rebuilder.RealWorkshop;
import org.whonix2.rebuilder.process.LogFile;
import org.whonix2.toolchain.Definitions;
import org.whonix2.toolchain.Toolchain;

/**
 * Builds that call another compiler than their toolchain's, in a root that holds four of them.
 * Needs root and a mirror.
 */
@Tag("heavy")
@Timeout(900)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OtherCompilersTest {
  private static final List<String> ALL = List.of("gcc-12", "clang-14", "pcc", "tcc");

  private static final String OWN =
      """
      apiVersion: toolchain.whonix2.org/v1
      kind: Toolchain
      metadata: {name: gcc-plain, revision: 1}
      hashClass: gcc-plain
      packages: [{name: gcc-12}]
      compilerRoots: [gcc]
      archiveRoot: gcc
      own: ["/usr/bin/x86_64-linux-gnu-gcc-12", "/usr/lib/gcc/x86_64-linux-gnu/12/*"]
      others: ["/usr/bin/*gcc*", "/usr/bin/cc", "/usr/bin/*clang*", "/usr/bin/*tcc", "/usr/bin/*pcc"]
      commands:
        - names: [cc, gcc]
          runs: /usr/bin/x86_64-linux-gnu-gcc-12
          drop: ["-O*", "-g*"]
          dropPairs: []
          first: ["-DADDED=1"]
          last: []
          answers: {"-dumpmachine": somewhere}
      environment: {TOLD: "by the definition"}
      timeLimit: 10m
      knownLimits: [a test's]
      knownSources: []
      """;

  private RealWorkshop workshop;
  private BuildRoot root;
  private int cases;

  @BeforeAll
  void makeOneRootWithAllCompilers(@TempDir Path folder) throws Exception {
    Path definitions = Files.createDirectory(folder.resolve("toolchains"));
    Files.writeString(definitions.resolve("gcc-plain.yaml"), OWN);
    Path state = Files.createDirectory(folder.resolve("state"));
    workshop = RealWorkshop.open(state, Definitions.with(definitions));
    Path tiny = workshop.shop().job().folder("tiny");
    TinySource.write(tiny, "");
    var packages = new TreeSet<>(List.of("binutils"));
    for (String name : ALL) {
      packages.addAll(workshop.toolchain(name).packageNames());
    }
    root = workshop.root(tiny.resolve(TinySource.DSC), List.copyOf(packages));
  }

  @AfterAll
  void remove() throws Exception {
    root.close();
    workshop.close();
  }

  private record Built(Optional<BuildFailure> failure, String log) {}

  private Built build(String toolchain, String root, String rules) throws Exception {
    cases++;
    JobFolder job = workshop.shop().job();
    Path sources = job.folder("source" + cases);
    TinySource.write(
        sources,
        """
        case "$1" in binary)
        mkdir -p debian/tmp/usr/bin
        printf 'int main(void) { return 0; }\\n' >t.c
        %s
        esac
        """
            .formatted(rules));
    Path log = job.path("log" + cases);
    Optional<BuildFailure> failure;
    try (LogFile file = new LogFile(log)) {
      failure =
          Sandbox.in(
                  this.root,
                  sources,
                  job.folder("results" + cases),
                  BuildLimits.within(Duration.ofMinutes(2)),
                  workshop.compiler(toolchain, root))
              .build(
                  Recipe.usual(TinySource.DSC, TinySource.FOLDER),
                  Surroundings.usual(1),
                  workshop.shop().programs(),
                  file);
    }
    return new Built(failure, Files.readString(log));
  }

  private void assertRefused(Built built, String program) {
    assertThat(built.failure()).as(built.log()).isPresent();
    assertThat(built.failure().get().limit()).contains("compiler");
    assertThat(built.failure().get().reason())
        .contains("it called a compiler that is not the toolchain's")
        .contains(program);
    assertThat(built.log()).contains("compiler: refused " + program);
  }

  @ParameterizedTest
  @CsvSource({
    "gcc-12, gcc, gcc, GCC:",
    "gcc-12, gcc, x86_64-linux-gnu-gcc-12, GCC:",
    "clang-14, clang, gcc, 'Debian clang'",
    "clang-14, clang, clang, 'Debian clang'",
    "clang-14, clang, x86_64-linux-gnu-gcc-12, 'Debian clang'",
  })
  void theToolchainsCompilerStandsUnderTheNamesThatBuildsCall(
      String toolchain, String from, String name, String comment) throws Exception {
    Built built = build(toolchain, from, name + " -c -o t.o t.c && readelf -p .comment t.o");
    assertThat(built.failure()).as(built.log()).isEmpty();
    assertThat(built.log()).contains(comment);
  }

  @ParameterizedTest
  @CsvSource({"tcc", "pcc"})
  void neitherGccNorClangMadeWhatASmallCompilerMade(String toolchain) throws Exception {
    String from = workshop.toolchain(toolchain).archiveRoot().orElseThrow();
    Built built =
        build(toolchain, from, "gcc -c -o t.o t.c && readelf -p .comment t.o && echo compiled");
    assertThat(built.failure()).as(built.log()).isEmpty();
    assertThat(built.log())
        .contains("compiled")
        .doesNotContain("GCC: (Debian")
        .doesNotContain("Debian clang")
        .containsPattern("compiler: 1 times /opt/whonix2/bin/gcc by /usr/bin/.*" + toolchain);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "tcc      | /usr/bin/gcc -c t.c                                     | /usr/bin/gcc",
        "tcc      | if ! /usr/bin/gcc -c t.c; then cc -c t.c; fi            | /usr/bin/gcc",
        "tcc      | /usr/bin/x86_64-linux-gnu-gcc-12 -c t.c                 | /usr/bin/x86_64-li",
        "tcc      | /usr/lib/gcc/x86_64-linux-gnu/12/cc1 -quiet t.c         | /usr/lib/gcc/x86_6",
        "tcc      | /usr/bin/g++ -c t.c                                     | /usr/bin/g++",
        "tcc      | clang-14 -c t.c                                         | /usr/bin/clang-14",
        "tcc      | /usr/lib/llvm-14/bin/clang -c t.c                       | /usr/lib/llvm-14/b",
        "tcc      | pcc -c t.c                                              | /usr/bin/pcc",
        "tcc      | cp /usr/bin/gcc-12 here && ./here -c t.c                | ./here",
        "tcc      | ln -s /usr/bin/gcc-12 here && ./here -c t.c             | ./here",
        "pcc      | tcc -c t.c                                              | /usr/bin/tcc",
        "clang-14 | /usr/bin/gcc -c t.c                                     | /usr/bin/gcc",
        "clang-14 | /usr/bin/cc -c t.c                                      | /usr/bin/cc",
        "tcc-ddc  | /usr/bin/gcc -c t.c                                     | /usr/bin/gcc",
        "tcc-ddc  | /usr/bin/tcc -c t.c                                     | /usr/bin/tcc",
        "gcc-12   | clang-14 -c t.c                                         | /usr/bin/clang-14",
        "gcc-12   | tcc -c t.c                                              | /usr/bin/tcc",
        "gcc-12   | /usr/lib/llvm-14/bin/clang -c t.c                       | /usr/lib/llvm-14/b",
      })
  void aBuildThatCallsAnotherCompilerFailed(String toolchain, String rules, String program)
      throws Exception {
    String from = workshop.toolchain(toolchain).archiveRoot().orElse("gcc");
    assertRefused(build(toolchain, from, rules), program);
  }

  @Test
  void whatABuildIgnoresIsSeenAllTheSame() throws Exception {
    Built built = build("gcc-12", "gcc", "tcc -c t.c || true; gcc -c t.c");
    assertRefused(built, "/usr/bin/tcc");
    assertThat(built.failure().get().reason()).startsWith("building;");
  }

  /** Deeper than a note is long. */
  @Test
  void noPathIsTooLongToBeSeen() throws Exception {
    String deep = "d".repeat(200);
    Built built =
        build(
            "gcc-12",
            "gcc",
            "mkdir -p %1$s/%1$s && ln -s /usr/bin/tcc %1$s/%1$s/x && ./%1$s/%1$s/x -c t.c || true"
                .formatted(deep));
    assertRefused(built, "./" + deep.substring(0, 100));
  }

  @Test
  void scriptsForOlderStandardsCallWhateverStandsForGcc() throws Exception {
    Built built = build("gcc-12", "gcc", "c99 -c t.c && /usr/bin/c89 -c t.c");
    assertThat(built.failure()).as(built.log()).isEmpty();
  }

  /** The second build does not look again, unless the definition is another. */
  @Test
  void thatARootHoldsNoOtherCompilerIsRemembered() throws Exception {
    Path sources = workshop.shop().job().folder("plain");
    TinySource.write(sources, "gcc --version");
    JobCompiler gcc = workshop.compiler("gcc-12", "gcc");
    try (BuildRoot plain =
        workshop.root(sources.resolve(TinySource.DSC), gcc.toolchain().packageNames())) {
      assertThat(plain.isKnownToHoldNoOther(gcc.toolchain())).isFalse();
      for (int i = 0; i < 2; i++) {
        Path log = workshop.shop().job().path("plain.log" + i);
        try (LogFile file = new LogFile(log)) {
          Sandbox sandbox =
              Sandbox.in(
                  plain,
                  sources,
                  workshop.shop().job().folder("plain" + i),
                  BuildLimits.within(Duration.ofMinutes(2)),
                  gcc);
          assertThat(
                  sandbox.build(
                      Recipe.usual(TinySource.DSC, TinySource.FOLDER),
                      Surroundings.usual(1),
                      workshop.shop().programs(),
                      file))
              .isEmpty();
        }
        assertThat(Files.readString(log).contains("programs of other compilers were taken away"))
            .isEqualTo(i == 0);
      }
      assertThat(plain.isKnownToHoldNoOther(gcc.toolchain())).isTrue();
      assertThat(plain.isKnownToHoldNoOther(workshop.toolchain("gcc-plain"))).isFalse();
    }
    assertThat(root.isKnownToHoldNoOther(gcc.toolchain())).isFalse();
  }

  @Test
  void aToolchainIsAddedByAddingAFile() throws Exception {
    Built built =
        build(
            "gcc-plain",
            "gcc",
            """
            printf 'int x = ADDED;\\n' >>t.c
            gcc -O2 -g3 -c t.c -o t.o
            ! readelf -S t.o | grep debug
            echo "told $TOLD, on $(gcc -dumpmachine)"
            """);
    assertThat(built.failure()).as(built.log()).isEmpty();
    assertThat(built.log()).contains("told by the definition, on somewhere");
    assertRefused(build("gcc-plain", "gcc", "tcc -c t.c"), "/usr/bin/tcc");
  }

  @Test
  void aRootWithAnotherVersionThanTheToolchainsIsNoRootOfIt() throws Exception {
    String other = OWN.replace("{name: gcc-12}", "{name: gcc-12, versions: [\"11.1-1\"]}");
    Toolchain toolchain = Toolchain.parse(other.getBytes(StandardCharsets.UTF_8));
    assertThatExceptionOfType(CommandException.class)
        .isThrownBy(() -> new JobCompiler(toolchain, Optional.empty()).require(root))
        .withMessageContaining("toolchain gcc-plain is of gcc-12 11.1-1, the build root has 12.");
  }
}
