package org.whonix2.update.gate;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs {@code gate-setup}. */
public final class GateSetup {
  /** Where the package puts it. */
  public static final Path INSTALLED = Path.of("/usr/lib/whonix2/gate-setup");

  private static final Duration DEADLINE = Duration.ofMinutes(2);
  private static final int MAX_OUTPUT = 1 << 20;

  private final Path program;

  public GateSetup(Path program) {
    this.program = program;
  }

  /**
   * What it printed, and its exit status.
   *
   * @param status 0 done; for {@code status}, 1 if the gates do not both stand and enforce
   */
  public record Answer(String output, int status) {}

  public boolean isInstalled() {
    return Files.isExecutable(program);
  }

  /**
   * Runs it with these arguments; what it says on standard error goes to ours.
   *
   * @throws IOException if it cannot be run or does not end in time
   */
  public Answer run(String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(program.toString()));
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command)
            .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (InputStream out = process.getInputStream()) {
      // It prints at most a few lines, so that its end may be waited for before they are read.
      if (!process.waitFor(DEADLINE.toSeconds(), TimeUnit.SECONDS)) {
        throw new IOException(program + " did not end within " + DEADLINE);
      }
      return new Answer(
          new String(out.readNBytes(MAX_OUTPUT), StandardCharsets.UTF_8), process.exitValue());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while " + program + " ran", e);
    } finally {
      process.destroyForcibly();
    }
  }
}
