package org.whonix2.update.gate;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What the gate says to a stream that is not apt's, and to a box without tickets. That it accepts
 * at all is shown by scripts/heavy/gate, in a Debian root.
 */
class GateStreamTest {
  private static final Path GATE = Path.of("src/gate/gate");
  private static final String ACTION =
      "foo - - none < 1.0-1 amd64 none /var/cache/apt/archives/foo_1.0-1_amd64.deb";
  private static final String STREAM = "VERSION 3\nAPT::Architecture=amd64\n\n" + ACTION + "\n";

  @TempDir private Path folder;

  private record Answer(int status, String text) {}

  private Answer run(String stream, String... arguments) throws Exception {
    Path input = Files.writeString(folder.resolve("stream"), stream, StandardCharsets.ISO_8859_1);
    Path output = folder.resolve("output");
    ProcessBuilder builder = new ProcessBuilder("/usr/bin/perl", "-T", GATE.toString());
    builder.command().addAll(List.of(arguments));
    builder.environment().put("APT_HOOK_INFO_FD", "0");
    builder.redirectInput(input.toFile());
    builder.redirectErrorStream(true).redirectOutput(output.toFile());
    Process process = builder.start();
    try {
      assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    return new Answer(process.exitValue(), read(output));
  }

  private static String read(Path file) throws IOException {
    return Files.readString(file, StandardCharsets.ISO_8859_1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "VERSION 3 | VERSION 2 | expected apt's stream of version 3",
        "VERSION 3 | VERSION 33 | expected apt's stream of version 3",
        "APT::Architecture=amd64 | APT::Architecture | expected key=value",
        "foo - - | - - | expected 9 fields",
        "foo - - | Foo - - | expected a package name",
        "foo - - | ../foo - - | expected a package name",
        "foo - - | foo x - | expected an installed version or -",
        "none < 1.0-1 | none ! 1.0-1 | expected < = or >",
        "< 1.0-1 amd64 | < - amd64 | expected a version and an architecture",
        "1.0-1 amd64 none | 1.0-1 AMD none | expected a version and an architecture",
        "none /var/cache | none var/cache | expected a path or one of",
        "/var/cache/apt/archives/foo_1.0-1_amd64.deb | **BREAK** | expected a path or one of",
        "/var/cache/apt/archives/foo_1.0-1_amd64.deb | **REMOVE**x | expected a path or one of",
      })
  void whatIsNotAptsStreamIsRefusedWhole(String from, String to, String complaint)
      throws Exception {
    assertThat(STREAM).contains(from);
    Answer answer = run(STREAM.replace(from, to), "apt");
    assertThat(answer.status).isEqualTo(1);
    assertThat(answer.text).contains("refused: everything").contains(complaint);
  }

  @Test
  void aStreamThatEndsEarlyIsRefused() throws Exception {
    for (int length : new int[] {0, 5, 10, 30, STREAM.length() - 1}) {
      Answer answer = run(STREAM.substring(0, length), "apt");
      assertThat(answer.status).as("after %d characters", length).isEqualTo(1);
      assertThat(answer.text).contains("refused: everything");
    }
  }

  @Test
  void onAMachineThatIsNoBoxEvenAGoodStreamIsRefused() throws Exception {
    Answer answer = run(STREAM, "apt");
    assertThat(answer.status).isEqualTo(1);
    assertThat(answer.text).contains("refused: foo 1.0-1 amd64 (").contains("  why: ");
    assertThat(run("", "-q", folder.resolve("x.deb").toString()).status).isEqualTo(1);
  }

  @Test
  void theTerminalGetsNoControlCharacters() throws Exception {
    Answer answer = run(STREAM.replace("foo - -", "f\u001b[2J - -"), "apt");
    assertThat(answer.status).isEqualTo(1);
    assertThat(answer.text).contains("f?[2J").doesNotContain("\u001b");
  }

  @Test
  void itTakesNoOtherArguments() throws Exception {
    for (String[] arguments :
        new String[][] {{}, {"-q"}, {"apt", "x"}, {"--version"}, {"-q", "a", "b"}, {"-x", "/a"}}) {
      Answer answer = run("", arguments);
      assertThat(answer.status).isEqualTo(1);
      assertThat(answer.text).contains("expected 'apt', 'state' or '-q FILE'");
    }
  }

  @Test
  void withoutADescriptorThereIsNoStream() throws Exception {
    Path output = folder.resolve("output");
    Process process =
        new ProcessBuilder("/usr/bin/perl", "-T", GATE.toString(), "apt")
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(1);
    assertThat(read(output)).contains("expected a descriptor in APT_HOOK_INFO_FD");
  }
}
