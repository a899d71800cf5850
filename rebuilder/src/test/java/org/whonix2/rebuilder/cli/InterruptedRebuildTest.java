package org.whonix2.rebuilder.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.whonix2.rebuilder.attest.RebuilderKey;
import org.whonix2.rebuilder.sandbox.JobFolder;

/** The real program, stopped in the middle. Needs root and a mirror. */
@Tag("heavy")
@Timeout(900)
class InterruptedRebuildTest {
  /** Shared, so that only the first has to wait for a build root. */
  @TempDir static Path state;

  @TempDir Path folder;

  @BeforeEach
  void aKey() throws Exception {
    RebuilderKey.create(folder.resolve("key"), "alpha", Clock.systemUTC().instant());
  }

  /** Starts a rebuild and gives it back in the middle of a phase. */
  private Process startedUntil(String phase) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                RebuilderProgram.class.getName(),
                "rebuild",
                "net-tools",
                "--key",
                folder.resolve("key").toString(),
                "--out",
                folder.resolve("out").toString(),
                "--state",
                state.toString()));
    if (phase.startsWith("making")) {
      command.add("--no-cache");
    }
    Process program = new ProcessBuilder(command).redirectErrorStream(true).start();
    List<String> said = new ArrayList<>();
    BufferedReader reader =
        new BufferedReader(new InputStreamReader(program.getInputStream(), StandardCharsets.UTF_8));
    for (String line = reader.readLine(); line != null; line = reader.readLine()) {
      said.add(line);
      if (line.startsWith(phase)) {
        Thread.sleep(5_000);
        return program;
      }
    }
    throw new AssertionError("the program ended before it came to: " + phase + "\n" + said);
  }

  private List<String> processesAndMountsOfTheJob() throws IOException {
    List<String> found = new ArrayList<>();
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
      for (Path process : processes) {
        for (String file : List.of("cmdline", "mountinfo", "environ")) {
          try {
            String text = Files.readString(process.resolve(file), StandardCharsets.ISO_8859_1);
            // A sandbox sees the state folder elsewhere.
            if (text.contains(state + "/jobs")
                || text.contains(state + "/apt")
                || text.contains(state.getFileName() + "/jobs")) {
              found.add(process + " " + file);
            }
          } catch (IOException e) {
            // It has ended meanwhile.
          }
        }
      }
    }
    return found;
  }

  private static List<Path> loopDevicesAndControlGroups(List<Path> jobs) throws IOException {
    List<Path> found = new ArrayList<>();
    try (DirectoryStream<Path> devices = Files.newDirectoryStream(Path.of("/sys/block"), "loop*")) {
      for (Path device : devices) {
        Path file = device.resolve("loop/backing_file");
        if (Files.exists(file) && Files.readString(file).contains(state.toString())) {
          found.add(device);
        }
      }
    }
    List<String> names =
        jobs.stream().map(job -> "whonix2-rebuilder-" + job.getFileName()).toList();
    try (Stream<Path> groups =
        Files.find(
            Path.of("/sys/fs/cgroup"),
            8,
            (path, attributes) -> names.contains(String.valueOf(path.getFileName())))) {
      groups.forEach(found::add);
    }
    return found;
  }

  private List<Path> jobs() throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(state.resolve("jobs"))) {
      List<Path> found = new ArrayList<>();
      files.forEach(found::add);
      found.remove(state.resolve("jobs/.lock"));
      return found;
    }
  }

  @ParameterizedTest
  @CsvSource({
    "INT, building",
    "TERM, building",
    "INT, making a fresh",
    "HUP, making a fresh",
  })
  void aStoppedRebuildLeavesNoProcessNoMountAndNoFolder(String signal, String phase)
      throws Exception {
    Process program = startedUntil(phase);
    assertThat(processesAndMountsOfTheJob()).isNotEmpty();
    List<Path> jobs = jobs();
    kill(program, signal);
    assertThat(program.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(processesAndMountsOfTheJob()).isEmpty();
    assertThat(loopDevicesAndControlGroups(jobs)).isEmpty();
    assertThat(jobs()).isEmpty();
    assertThat(folder.resolve("out/attestation.json")).doesNotExist();
    try (Stream<Path> numbers = Files.list(folder.resolve("key/sequence"))) {
      assertThat(numbers.toList())
          .singleElement()
          .satisfies(last -> assertThat(last).hasContent("0\n"));
    }
  }

  @ParameterizedTest
  @CsvSource({"building", "making a fresh"})
  void aKilledRebuildLeavesAFolderOnlyAndTheNextOneRemovesIt(String phase) throws Exception {
    Process program = startedUntil(phase);
    kill(program, "KILL");
    assertThat(program.waitFor(60, TimeUnit.SECONDS)).isTrue();
    Instant patience = Instant.now().plus(Duration.ofSeconds(20));
    while (!processesAndMountsOfTheJob().isEmpty() && Instant.now().isBefore(patience)) {
      Thread.sleep(200);
    }
    assertThat(processesAndMountsOfTheJob()).isEmpty();
    List<Path> jobs = jobs();
    assertThat(jobs).isNotEmpty();
    JobFolder.open(state).close();
    assertThat(jobs()).isEmpty();
    assertThat(loopDevicesAndControlGroups(jobs)).isEmpty();
  }

  private static void kill(Process program, String signal)
      throws IOException, InterruptedException {
    Process kill = new ProcessBuilder("kill", "-" + signal, "" + program.pid()).start();
    assertThat(kill.waitFor()).isZero();
  }
}
