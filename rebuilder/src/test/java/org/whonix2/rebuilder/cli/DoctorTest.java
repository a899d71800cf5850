package org.whonix2.rebuilder.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.whonix2.rebuilder.attest.RebuilderKey;

/** The real program on real file systems that do not do. Needs root. */
@Tag("heavy")
@Timeout(300)
class DoctorTest {
  @TempDir Path folder;
  private Path state;

  @BeforeEach
  void aFolder() throws Exception {
    state = Files.createDirectory(folder.resolve("state"));
  }

  @AfterEach
  void unmount() throws Exception {
    new ProcessBuilder("umount", "--quiet", state.toString()).start().waitFor();
  }

  private record Said(int exitCode, String text) {}

  private static Said run(List<String> command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Said(process.waitFor(), text);
  }

  private Said program(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(RebuilderProgram.class.getName());
    command.addAll(List.of(arguments));
    command.addAll(List.of("--state", state.toString()));
    return run(command);
  }

  private void mount(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("mount"));
    command.addAll(List.of(arguments));
    command.add(state.toString());
    assertThat(run(command)).isEqualTo(new Said(0, ""));
  }

  @Test
  void aMachineThatHasAllIsReady() throws Exception {
    Said said = program("doctor", "--json");
    assertThat(said.exitCode()).as(said.text()).isZero();
    assertThat(said.text()).contains("\"ready\" : true").contains("\"what\" : \"overlayfs\"");
  }

  @Test
  void aFullDiskStopsDoctorAndRebuildAlike() throws Exception {
    mount("-t", "tmpfs", "-o", "size=16m", "none");
    Said doctor = program("doctor");
    assertThat(doctor.exitCode()).isEqualTo(5);
    assertThat(doctor.text())
        .contains("16 MiB free at " + state + ", expected at least 3072 MiB")
        .contains("to do: free some space, remove " + state + "/roots, or move it with --state")
        .contains("this machine cannot rebuild until what is missing is there");
    RebuilderKey.create(folder.resolve("key"), "alpha", Clock.systemUTC().instant());
    Said rebuild =
        program(
            "rebuild",
            "net-tools",
            "--key",
            folder.resolve("key").toString(),
            "--out",
            folder.resolve("out").toString());
    assertThat(rebuild.exitCode()).isEqualTo(5);
    assertThat(rebuild.text())
        .contains("error: disk space: 16 MiB free at " + state + ", expected at least 3072 MiB")
        .contains("hint: free some space");
  }

  @Test
  void aFolderOnWhichOverlayfsCannotWorkIsNamed() throws Exception {
    for (String name : List.of("low", "up", "work")) {
      Files.createDirectory(folder.resolve(name));
    }
    String options = "lowerdir=%1$s/low,upperdir=%1$s/up,workdir=%1$s/work".formatted(folder);
    mount("-t", "overlay", "-o", options, "overlay");
    Said said = program("doctor");
    assertThat(said.exitCode()).as(said.text()).isEqualTo(5);
    assertThat(said.text())
        .containsPattern("(?m)^missing  overlayfs +mount: ")
        .contains("modprobe overlay; the kernel must be 5.11 or newer")
        .contains("move it with --state");
  }
}
