package org.whonix2.update.attack;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.whonix2.update.cli.UpdateProgram;

/** The program in a process of its own, as the package starts it. */
final class ClientProcess {
  private static final Duration LIMIT = Duration.ofMinutes(3);

  private final Path folder;
  private final List<String> runner;

  /**
   * @param folder for what it prints
   */
  ClientProcess(Path folder) {
    this(folder, List.of());
  }

  private ClientProcess(Path folder, List<String> runner) {
    this.folder = folder;
    this.runner = runner;
  }

  /** By a clock that stands at this time when it starts. */
  ClientProcess at(Instant time) {
    return under("faketime", "@" + time.getEpochSecond());
  }

  /** Started by this program. */
  ClientProcess under(String... command) {
    return new ClientProcess(folder, List.of(command));
  }

  /**
   * How it ended.
   *
   * @param said on both streams
   */
  record Ended(int exitCode, String said) {}

  /** One that runs. */
  static final class Running {
    private final Process process;
    private final Path said;

    private Running(Process process, Path said) {
      this.process = process;
      this.said = said;
    }

    /** SIGKILL, as soon as the time is over, unless it has ended by then; whether it had not. */
    boolean killAfter(Duration time) throws InterruptedException {
      boolean ended = process.waitFor(time.toNanos(), TimeUnit.NANOSECONDS);
      process.destroyForcibly().waitFor();
      return !ended;
    }

    Ended end() throws IOException, InterruptedException {
      if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IOException("no end within " + LIMIT + ": " + Files.readString(said));
      }
      return new Ended(process.exitValue(), Files.readString(said));
    }
  }

  Running start(String... arguments) throws IOException {
    List<String> line = new ArrayList<>(runner);
    line.addAll(
        List.of(
            ProcessHandle.current().info().command().orElse("java"),
            "-XX:+UseSerialGC",
            "-XX:-UsePerfData",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            UpdateProgram.class.getName()));
    line.addAll(List.of(arguments));
    Path said = Files.createTempFile(folder, "said", ".txt");
    ProcessBuilder builder = new ProcessBuilder(line).redirectErrorStream(true);
    return new Running(builder.redirectOutput(said.toFile()).start(), said);
  }

  Ended run(String... arguments) throws IOException, InterruptedException {
    return start(arguments).end();
  }
}
