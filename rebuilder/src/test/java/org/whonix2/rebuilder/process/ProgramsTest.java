package org.whonix2.rebuilder.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayOutputStream;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ProgramsTest {
  private static final Limits GENEROUS = new Limits(Duration.ofSeconds(50), 1 << 20);

  private final Cancellation cancellation = new Cancellation();
  private final Programs programs = new Programs(cancellation);
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  private String printed() {
    return out.toString(StandardCharsets.UTF_8);
  }

  @Test
  void argumentsAreNotForAShell() throws Exception {
    Outcome outcome = programs.run(Command.of("echo", "$HOME; *", "a b"), GENEROUS, out);
    assertThat(outcome.succeeded()).isTrue();
    assertThat(printed()).isEqualTo("$HOME; * a b\n");
  }

  @Test
  void nothingIsInherited(@TempDir Path folder) throws Exception {
    programs.run(Command.of("env").with(Map.of("A", "b")).in(folder), GENEROUS, out);
    assertThat(printed().lines().map(line -> line.replaceAll("=.*", "")).sorted())
        .containsExactly("A", "LC_ALL", "PATH");
  }

  @Test
  void standardErrorComesApartOrTogether() throws Exception {
    ByteArrayOutputStream errors = new ByteArrayOutputStream();
    Command both = Command.of("sh", "-c", "echo one; echo two >&2");
    programs.run(both, GENEROUS, out, errors);
    assertThat(printed()).isEqualTo("one\n");
    assertThat(errors.toString(StandardCharsets.UTF_8)).isEqualTo("two\n");
    out.reset();
    programs.run(both, GENEROUS, out);
    assertThat(printed()).isEqualTo("one\ntwo\n");
  }

  @Test
  void aFailureIsAnOutcome() throws Exception {
    Outcome outcome = programs.run(Command.of("sh", "-c", "exit 7"), GENEROUS, out);
    assertThat(outcome.succeeded()).isFalse();
    assertThat(outcome.exitCode()).isEqualTo(7);
    assertThat(outcome.ending()).isEqualTo(Ending.EXITED);
  }

  @Test
  void theDeadlineKillsTheProgramAndItsChildren() throws Exception {
    Limits short1 = new Limits(Duration.ofMillis(500), 1 << 20);
    Outcome outcome =
        programs.run(
            Command.of("sh", "-c", "sleep 300 & echo $!; trap '' TERM; wait"), short1, out);
    assertThat(outcome.ending()).isEqualTo(Ending.TIME_LIMIT);
    assertThat(outcome.took()).isLessThan(Duration.ofSeconds(30));
    long child = Long.parseLong(printed().strip());
    assertThat(ProcessHandle.of(child).filter(ProcessHandle::isAlive)).isEmpty();
  }

  @Test
  void endlessOutputIsCutAtItsLimit() throws Exception {
    Limits little = new Limits(Duration.ofSeconds(50), 100_000);
    Outcome outcome = programs.run(Command.of("yes"), little, out);
    assertThat(outcome.ending()).isEqualTo(Ending.OUTPUT_LIMIT);
    assertThat(out.size()).isLessThanOrEqualTo(100_000);
  }

  @Test
  void cancellingKillsAndLetsNothingElseStart() throws Exception {
    Thread user =
        new Thread(
            () -> {
              try {
                Thread.sleep(300);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
              cancellation.cancel();
            });
    user.start();
    assertThatExceptionOfType(InterruptedIOException.class)
        .isThrownBy(() -> programs.run(Command.of("sleep", "300"), GENEROUS, out));
    user.join();
    assertThatExceptionOfType(InterruptedIOException.class)
        .isThrownBy(() -> programs.run(Command.of("echo", "still here"), GENEROUS, out));
    assertThat(printed()).isEmpty();
  }

  @Test
  void theEndOfALogCannotWriteToATerminalAsItLikes(@TempDir Path folder) throws Exception {
    try (LogFile log = new LogFile(folder.resolve("log"))) {
      log.line("first");
      log.line("x".repeat(40_000));
      log.line("\u001b[2J\u202eevil\u0007\ttab ü");
      assertThat(log.tail(1)).containsExactly("\ufffd[2J\ufffdevil\ufffd tab ü");
      assertThat(log.tail(9)).hasSize(2).allMatch(line -> line.length() <= 300);
    }
  }
}
