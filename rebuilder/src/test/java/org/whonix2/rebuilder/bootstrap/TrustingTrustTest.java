package org.whonix2.rebuilder.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.dsse.Envelope;
import org.whonix2.core.statement.CompilerBootstrap;
import org.whonix2.core.statement.Statement;
import org.whonix2.io.cli.ExitCode;
import org.whonix2.rebuilder.SandboxFiles;
import org.whonix2.rebuilder.apt.SourceRequest;
import org.whonix2.rebuilder.attest.RebuilderKey;
import org.whonix2.rebuilder.cli.RebuilderProgram;
import org.whonix2.rebuilder.sandbox.JobCompiler;
import org.whonix2.rebuilder.sandbox.RootContents;
import org.whonix2.toolchain.BootstrapPlan;
import org.whonix2.toolchain.Definitions;
import org.whonix2.toolchain.PlanOutput;
import org.whonix2.toolchain.PlanSource;
import org.whonix2.toolchain.Toolchain;

/**
 * Ken Thompson's attack on the real thing: the program regenerates tcc from its clean source from
 * the roots gcc, clang, pcc and an infected tcc. Needs root and a mirror.
 */
@Tag("heavy")
@Timeout(1800)
class TrustingTrustTest {
  private static final List<String> HONEST = List.of("gcc", "clang", "pcc");
  private static final Path PAGE = Path.of("../docs/trusting-trust.md");
  private static final String WORD = "laocoon";

  private static final String HELLO =
      """
      #include <stdio.h>

      int main(void)
      {
          puts("hello, world");
          return 0;
      }
      """;

  /** Mounts what the attacker changed for one program only. */
  private static final String MOUNT =
      "mount --bind \"$1\" /etc/apt/sources.list.d && shift && exec \"$@\"";

  @TempDir static Path folder;
  private static Path state;
  private static Path out;
  private static BootstrapPlan plan;
  private static int exitCode;
  private static String said;

  @BeforeAll
  static void bootstrapWithAnInfectedRoot() throws Exception {
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    state = folder.resolve("state");
    out = folder.resolve("out");
    Path config = folder.resolve("config");
    InfectedArchive.define(config.resolve("toolchains"));
    plan = Definitions.with(config.resolve("toolchains")).plan(InfectedArchive.PLAN).orElseThrow();
    RebuilderKey.create(folder.resolve("key"), "alpha", Clock.systemUTC().instant());
    try (InfectedArchive archive = new InfectedArchive(folder.resolve("archive"))) {
      try (Bench bench = new Bench(Files.createDirectories(state))) {
        archive.publish(bench);
      }
      Path sources = archive.machineSources(folder.resolve("sources"));
      List<String> command = new ArrayList<>(List.of("unshare", "--mount", "/bin/sh", "-c"));
      command.addAll(List.of(MOUNT, "sh", sources.toString()));
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      command.addAll(List.of("-cp", System.getProperty("java.class.path")));
      command.addAll(List.of(RebuilderProgram.class.getName(), "bootstrap"));
      command.addAll(List.of("--reference", InfectedArchive.PLAN, "--all-roots"));
      command.addAll(List.of("--config", config.toString(), "--state", state.toString()));
      command.addAll(List.of("--key", folder.resolve("key").toString(), "--out", out.toString()));
      Path errors = folder.resolve("errors");
      Process program = new ProcessBuilder(command).redirectError(errors.toFile()).start();
      said = new String(program.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      exitCode = program.waitFor();
      assertThat(out.resolve("tcc/stage-3")).as(said + Files.readString(errors)).isDirectory();
    }
  }

  @AfterAll
  static void remove() throws Exception {
    SandboxFiles.remove(state.resolve("roots"));
  }

  /** What came out, by path. */
  private static Map<String, Sha256> stage(String root, int number) throws Exception {
    Map<String, Sha256> files = new TreeMap<>();
    for (PlanOutput output : plan.outputs()) {
      Path file = out.resolve(root).resolve("stage-" + number).resolve(output.file());
      files.put(output.path(), Sha256.of(Files.readAllBytes(file)));
    }
    return files;
  }

  private static CompilerBootstrap attested(String root) throws Exception {
    Path file = out.resolve(root).resolve("stage-3/attestation.json");
    Envelope envelope = Envelope.parse(Files.readAllBytes(file));
    return (CompilerBootstrap) Statement.parse(envelope.payloadType(), envelope.payload());
  }

  private static boolean holdsTheWord(String root, int number) throws Exception {
    Path tcc = out.resolve(root).resolve("stage-" + number).resolve("tcc");
    return Files.readString(tcc, StandardCharsets.ISO_8859_1).contains(WORD);
  }

  @Test
  void theInfectedCompilerReproducesItselfFromCleanSource() throws Exception {
    BootstrapPlan shipped = Definitions.shipped().plan("tcc").orElseThrow();
    assertThat(plan.sources()).isEqualTo(shipped.sources());
    assertThat(plan.files().get(plan.script())).isEqualTo(shipped.files().get(shipped.script()));
    assertThat(attested("tcc").sources()).isEqualTo(attested("gcc").sources());

    assertThat(stage("tcc", 3)).isEqualTo(stage("tcc", 2)).isEqualTo(stage("tcc", 1));
    for (int number = 1; number <= 3; number++) {
      assertThat(holdsTheWord("tcc", number)).isTrue();
    }
  }

  @Test
  void honestRootsComeToOneOtherCompiler() throws Exception {
    for (String root : HONEST) {
      assertThat(stage(root, 1)).as(root).isNotEqualTo(stage(root, 2));
      assertThat(stage(root, 2)).as(root).isEqualTo(stage(root, 3));
      assertThat(stage(root, 3)).as(root).isEqualTo(stage("gcc", 3));
      assertThat(holdsTheWord(root, 3)).as(root).isFalse();
    }
    assertThat(stage("gcc", 1)).isNotEqualTo(stage("clang", 1)).isNotEqualTo(stage("pcc", 1));
    assertThat(stage("tcc", 3)).isNotEqualTo(stage("gcc", 3));
  }

  /** What the hello program says that a root's third stage compiled. */
  private static String hello(String root) throws Exception {
    try (Bench bench = new Bench(state)) {
      Path sources = bench.folder("hello");
      Files.writeString(sources.resolve("hello.c"), HELLO);
      Path compiler = bench.folder("compiler");
      for (PlanOutput output : plan.outputs()) {
        Files.copy(
            out.resolve(root).resolve("stage-3").resolve(output.file()),
            compiler.resolve(output.file()));
      }
      Files.setPosixFilePermissions(compiler, PosixFilePermissions.fromString("rwxr-xr-x"));
      Path results =
          bench.work(
              new RootContents.Packages(List.of("libc6-dev")),
              new JobCompiler(
                  Definitions.shipped().toolchain(plan.makes()).orElseThrow(),
                  Optional.of(
                      new JobCompiler.Regenerated(plan.sources(), compiler, plan.outputs()))),
              sources,
              "cc -o hello /source/hello.c && ./hello >said",
              "said");
      return Files.readString(results.resolve("said"));
    }
  }

  @Test
  void afterThreeRebuildsTheBackdoorStillWorks() throws Exception {
    assertThat(HELLO).doesNotContain(WORD);
    assertThat(hello("tcc")).isEqualTo(WORD + "\nhello, world\n");
    assertThat(hello("gcc")).isEqualTo("hello, world\n");
  }

  /** All but the installation and the fetching, which the sandbox is given. */
  private static String commandsByHand() throws Exception {
    String page = Files.readString(PAGE);
    String block =
        page.substring(
            page.indexOf("<!-- by hand: begin -->\n```sh\n"),
            page.indexOf("```\n<!-- by hand: end -->"));
    return "dpkg-source --no-check --extract /source/tcc_*.dsc >&2\n"
        + "cp /source/tcc-source-date-epoch.patch .\n{\n"
        + block.substring(block.indexOf("\ncd tcc-"))
        + "} >said\n";
  }

  @Test
  void theCommandsOfThePageComeToTheSameCompiler() throws Exception {
    Toolchain gcc = Definitions.shipped().toolchain("gcc-12").orElseThrow();
    List<String> packages = new ArrayList<>(gcc.packageNames());
    packages.addAll(List.of("libc6-dev", "patch"));
    List<String> said;
    try (Bench bench = new Bench(state)) {
      Path sources = bench.folder("clean");
      PlanSource tcc = plan.sources().get(0);
      SourceRequest request = new SourceRequest(tcc.name(), Optional.of(tcc.version()));
      bench.apt().download(bench.apt().find(request), sources);
      for (Map.Entry<String, byte[]> file : plan.files().entrySet()) {
        Files.write(sources.resolve(file.getKey()), file.getValue());
      }
      Path results =
          bench.work(
              new RootContents.Packages(packages.stream().distinct().toList()),
              new JobCompiler(gcc, Optional.empty()),
              sources,
              commandsByHand(),
              "said");
      said = Files.readAllLines(results.resolve("said"));
    }
    List<String> ours =
        List.of(
            stage("gcc", 3).get("/opt/whonix2/tcc-ddc/tcc") + "  tcc",
            stage("gcc", 3).get("/opt/whonix2/tcc-ddc/lib/libtcc1.a") + "  libtcc1.a");
    assertThat(said).hasSize(7);
    assertThat(said.subList(5, 7)).isEqualTo(said.subList(3, 5)).isEqualTo(ours);
    assertThat(said.get(1)).endsWith("  tcc").isNotEqualTo(said.get(3));
    // The page's hashes are of one version; with another, its reader sees others.
    if (Files.readString(PAGE).contains("libc6-dev " + attested("gcc").libcDev() + " ")) {
      assertThat(Files.readString(PAGE)).contains("```text\n" + String.join("\n", ours) + "\n```");
    }
  }

  @Test
  void theProgramNamesTheOddRootAndSaysWhatToDo() throws Exception {
    assertThat(exitCode).as(said).isEqualTo(ExitCode.MISBEHAVIOUR.number()).isEqualTo(4);
    Sha256 honest = attested("gcc").stageDigest();
    Sha256 odd = attested("tcc").stageDigest();
    assertThat(said)
        .contains("COMPILER ROOTS DISAGREE: these are the last stages\n")
        .contains("  gcc      " + honest + "\n")
        .contains("  clang    " + honest + "\n")
        .contains("  pcc      " + honest + "\n")
        .contains("  tcc      " + odd + "\n")
        .contains("\nodd: tcc; the others come to " + honest + "\n")
        .contains(
            "\n  tcc: /opt/whonix2/tcc-ddc/tcc is %s, elsewhere %s\n"
                .formatted(
                    stage("tcc", 3).get("/opt/whonix2/tcc-ddc/tcc"),
                    stage("gcc", 3).get("/opt/whonix2/tcc-ddc/tcc")))
        .contains("\nwhat to do:\n  - build nothing with a compiler of an odd root");
    // The check that each of them passes by itself.
    for (String root : List.of("gcc", "clang", "pcc", "tcc")) {
      CompilerBootstrap statement = attested(root);
      assertThat(statement.earlier().get(1)).as(root).isEqualTo(statement.stageDigest());
    }
  }
}
