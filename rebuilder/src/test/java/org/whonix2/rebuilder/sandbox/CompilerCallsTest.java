package org.whonix2.rebuilder.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.whonix2.toolchain.CompilerCommand;

/** The stand-ins for compilers, run by a real shell. */
class CompilerCallsTest {
  @TempDir private Path folder;

  private Path program(String name, String script) throws Exception {
    Path file = folder.resolve(name);
    Files.writeString(file, script.replace(CompilerCalls.FOLDER, folder.toString()));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    return file;
  }

  private record Ran(int exitCode, List<String> lines) {}

  private static Ran run(Path program, String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of(program.toString()));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Ran(process.waitFor(), said.lines().toList());
  }

  private String noted() throws Exception {
    return Files.readString(folder.resolve(CompilerCalls.RAN));
  }

  private Path standIn(CompilerCommand command) throws Exception {
    return program("cc", CompilerCalls.noting(command));
  }

  private CompilerCommand command(
      List<String> drop, List<String> pairs, List<String> first, List<String> last)
      throws Exception {
    Path real = program("real", "#!/bin/sh\nprintf '%s\\n' \"$@\"\nexit 7\n");
    return new CompilerCommand(
        List.of("cc"), real.toString(), drop, pairs, first, last, Map.of("-dumpmachine", "x86"));
  }

  @Test
  void theCompilerGetsTheArgumentsAsTheyAreAndItsExitCodeCounts() throws Exception {
    Path cc = standIn(command(List.of(), List.of(), List.of(), List.of()));
    Ran ran = run(cc, "-c", "a b.c", "", "$(id)", "*", "-DX=\"y\"");
    assertThat(ran.exitCode()).isEqualTo(7);
    assertThat(ran.lines()).containsExactly("-c", "a b.c", "", "$(id)", "*", "-DX=\"y\"");
    assertThat(noted()).isEqualTo(cc + " by " + folder + "/real\n");
  }

  @Test
  void argumentsAreLeftOutAndAdded() throws Exception {
    Path cc =
        standIn(
            command(
                List.of("-g", "-g[0-9]*", "-O*", "-Wl,-z,*"),
                List.of("-z", "-Xlinker"),
                List.of("-std=c99", "-w"),
                List.of("-lx")));
    assertThat(
            run(cc, "-g", "-g3", "-gnu", "-O2", "-z", "now", "x.c", "-Wl,-z,relro", "-z").lines())
        .containsExactly("-std=c99", "-w", "-gnu", "x.c", "-lx");
    assertThat(run(cc, "-O2").lines()).containsExactly("-std=c99", "-w", "-lx");
    assertThat(run(cc, "-c", "-Xlinker", "-O2", "a b").lines())
        .containsExactly("-std=c99", "-w", "-c", "a b", "-lx");
  }

  @Test
  void aQuestionIsAnsweredWithoutTheCompiler() throws Exception {
    Path cc = standIn(command(List.of(), List.of(), List.of(), List.of()));
    assertThat(run(cc, "-dumpmachine")).isEqualTo(new Ran(0, List.of("x86")));
    assertThat(Files.exists(folder.resolve(CompilerCalls.RAN))).isFalse();
    assertThat(run(cc, "-dumpmachine", "-v").lines()).containsExactly("-dumpmachine", "-v");
  }

  @Test
  void anotherCompilerIsRefusedAndNoted() throws Exception {
    Path gcc = program("gcc", CompilerCalls.refusing("tcc-ddc"));
    Ran ran = run(gcc, "--version");
    assertThat(ran.exitCode()).isEqualTo(1);
    assertThat(ran.lines())
        .containsExactly(gcc + ": refused: this is not the compiler of toolchain tcc-ddc");
    String refused = Files.readString(folder.resolve(CompilerCalls.REFUSED));
    assertThat(CompilerCalls.parse("", refused).refused()).containsExactly(gcc.toString());
  }

  @Test
  void aCallThatCannotBeNotedIsNotMade() throws Exception {
    Path cc = standIn(command(List.of(), List.of(), List.of(), List.of()));
    Files.createDirectory(folder.resolve(CompilerCalls.RAN));
    Ran ran = run(cc, "x.c");
    assertThat(ran.exitCode()).isEqualTo(1);
    assertThat(ran.lines()).noneMatch(line -> line.equals("x.c"));
  }

  @Test
  void whatABuildWritesThereItselfHarmsNobody() {
    String noise = "\u001b[31mx\n" + "y".repeat(5000) + "\n\u0000\n";
    CompilerCalls calls = CompilerCalls.parse(noise.repeat(3) + "a by b\na by b\n", "");
    assertThat(calls.refused()).isEmpty();
    assertThat(calls.lines())
        .containsExactly(
            "compiler: 3 times ?",
            "compiler: 3 times ?[31mx",
            "compiler: 2 times a by b",
            "compiler: 3 times " + "y".repeat(200) + "...");
  }

  @Test
  void aRefusedProgramIsSeenHoweverLongItsPathIs() {
    assertThat(CompilerCalls.parse("", "/" + "x".repeat(5000) + "/gcc\n").refused()).hasSize(1);
    assertThat(CompilerCalls.parse("", "\n").refused()).hasSize(1);
  }

  @Test
  void endlessNamesAreCountedToALimit() {
    StringBuilder noise = new StringBuilder();
    for (int i = 0; i < 1000; i++) {
      noise.append("c").append(i).append('\n');
    }
    CompilerCalls calls = CompilerCalls.parse(noise.toString(), noise.toString());
    assertThat(calls.ran()).hasSize(200);
    assertThat(calls.refused()).hasSize(200);
  }
}
