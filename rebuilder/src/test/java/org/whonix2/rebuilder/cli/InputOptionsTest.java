package org.whonix2.rebuilder.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.statement.Binaries;
import org.whonix2.core.statement.GitTag;
import org.whonix2.core.statement.GitUrl;
import org.whonix2.io.cli.CommandException;
import org.whonix2.io.cli.ExitCode;
import org.whonix2.rebuilder.apt.SourceRequest;
import org.whonix2.rebuilder.input.Input;
import picocli.CommandLine;

/** What can be asked for together. */
class InputOptionsTest {
  private static Input parsed(String line) throws Exception {
    InputOptions options = new InputOptions();
    String[] words = line.split(" ", -1);
    boolean named = !words[0].startsWith("-");
    CommandLine parser = new CommandLine(new Empty());
    parser.addMixin("input", options);
    parser.parseArgs(named ? java.util.Arrays.copyOfRange(words, 1, words.length) : words);
    return options.input(named ? words[0] : null);
  }

  @CommandLine.Command
  private static final class Empty {}

  @Test
  void aTagInARepositoryIsAskedFor() throws Exception {
    GitUrl url = new GitUrl("https://example.org/a.git");
    assertThat(parsed("--git https://example.org/a.git --tag v1"))
        .isEqualTo(new Input.Git(url, new GitTag("v1"), Optional.empty()));
    assertThat(parsed("--git https://example.org/a.git --tag v1 --tag-signers k.pgp"))
        .isEqualTo(new Input.Git(url, new GitTag("v1"), Optional.of(Path.of("k.pgp"))));
    assertThat(parsed("hello=2 --git https://example.org/a.git --tag v1"))
        .isEqualTo(
            new Input.Git(
                url,
                new GitTag("v1"),
                Optional.empty(),
                Optional.of(SourceRequest.parse("hello=2"))));
  }

  @Test
  void whichPackagesToBuildIsAskedForAsDpkgBuildpackageCallsIt() throws Exception {
    SourceRequest hello = SourceRequest.parse("hello");
    assertThat(parsed("hello")).isEqualTo(new Input.Archived(hello));
    assertThat(parsed("hello --binaries all"))
        .isEqualTo(new Input.Archived(hello, Optional.of(Binaries.ALL)));
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> parsed("hello --binaries both"))
        .withMessageContaining("expected binary, any or all");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "hello --buildinfo b --git https://example.org/a --tag v1 | found more than one of them",
        "--buildinfo b --unsigned-buildinfo --git https://example.org/a | more than one of them",
        "hello --buildinfo b | found more than one of them",
        "--require-uploader | found none of them",
        "--git https://example.org/a | expected --tag with --git, found none",
        "hello --tag v1 | expected --git with an option that is about it",
        "hello --tag-signers k | expected --git with an option that is about it",
        "--git https://example.org/a --tag v1 --unsigned-buildinfo | expected --buildinfo",
        "--git https://example.org/a --tag v1 --binaries any | expected a source of the archive",
        "hello --buildinfo-signers k | expected --buildinfo with an option that is about it",
      })
  void whatDoesNotGoTogetherIsAMistakeOfTheUsers(String line, String complaint) {
    CommandException refused = catchThrowableOfType(CommandException.class, () -> parsed(line));
    assertThat(refused).hasMessageContaining(complaint);
    assertThat(refused.exitCode()).isEqualTo(ExitCode.USAGE);
  }
}
