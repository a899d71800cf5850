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
  @TempDir Path folder;
  private Path state;

  @BeforeEach
  void aKey() throws Exception {
    state = folder.resolve("state");
    RebuilderKey.create(folder.resolve("key"), "alpha", Clock.systemUTC().instant());
  }

  /** Starts a rebuild and gives it back in the middle of a phase. */
  private Process startedUntil(String phase) throws IOException, InterruptedException {
    Process program =
        new ProcessBuilder(
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
                    state.toString()))
            .redirectErrorStream(true)
            .start();
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
            if (text.contains(state + "/jobs")) {
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
    kill(program, signal);
    assertThat(program.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(processesAndMountsOfTheJob()).isEmpty();
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
    assertThat(jobs()).isNotEmpty();
    JobFolder.open(state).close();
    assertThat(jobs()).isEmpty();
  }

  private static void kill(Process program, String signal)
      throws IOException, InterruptedException {
    Process kill = new ProcessBuilder("kill", "-" + signal, "" + program.pid()).start();
    assertThat(kill.waitFor()).isZero();
  }
}
