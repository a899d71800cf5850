package org.whonix2.update.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.whonix2.core.verdict.Reason;
import org.whonix2.io.cli.ExitCode;
import picocli.CommandLine;

/**
 * The manual page has the program's commands, options and exit statuses, and refusals of the gate.
 */
class ManPageTest {
  private static final Path SOURCES = Path.of("src");
  private static final Path PAGE = SOURCES.resolve("deb/whonix2-update.8");

  @TempDir private Path folder;
  private String page = "";

  @BeforeEach
  void readAsTyped() throws Exception {
    page = Files.readString(PAGE).replace("\\-", "-");
  }

  private static List<CommandLine> commands() {
    List<CommandLine> all = new ArrayList<>();
    collect(new CommandLine(new UpdateProgram()), all);
    return all;
  }

  private static void collect(CommandLine command, List<CommandLine> all) {
    all.add(command);
    command.getSubcommands().values().forEach(sub -> collect(sub, all));
  }

  private String section(String name) {
    String begin = ".SH " + name + "\n";
    assertThat(page).contains(begin);
    String rest = page.substring(page.indexOf(begin) + begin.length());
    int end = rest.indexOf("\n.SH ");
    return end < 0 ? rest : rest.substring(0, end + 1);
  }

  /** The last group of every match of this form in the section. */
  private List<String> named(String section, String form) {
    return Pattern.compile(form)
        .matcher(section(section))
        .results()
        .map(match -> match.group(match.groupCount()))
        .toList();
  }

  @Test
  void itHasEveryCommand() {
    Set<String> named = new TreeSet<>(named("COMMANDS", "\\.TP\n\\.B ([a-z ]+)\n"));
    Set<String> there =
        commands().stream()
            .filter(command -> command.getSubcommands().isEmpty())
            .map(command -> command.getCommandSpec().qualifiedName())
            .map(name -> name.substring("whonix2-update ".length()))
            .filter(name -> !name.endsWith(" help"))
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(named).isEqualTo(there);
  }

  @Test
  void itHasEveryOptionAndNoOther() {
    Set<String> named = new TreeSet<>(named("OPTIONS", "--[a-z-]+"));
    Set<String> there =
        commands().stream()
            .flatMap(command -> command.getCommandSpec().options().stream())
            .map(option -> option.longestName())
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(named).isEqualTo(there);
  }

  @Test
  void itHasEveryExitStatus() {
    List<String> named = named("EXIT STATUS", "\\.TP\n\\.B ([0-9]+)\n");
    List<String> there = new ArrayList<>();
    for (ExitCode code : ExitCode.values()) {
      there.add(String.valueOf(code.number()));
    }
    assertThat(named).containsExactlyElementsOf(there.stream().sorted().toList());
  }

  @Test
  void itHasEveryRuleThatRefuses() {
    List<String> rules = Stream.of(Reason.Rule.values()).map(Reason.Rule::name).toList();
    assertThat(named("REFUSALS OF VERIFY AND EXPLAIN", "\\.TP\n\\.B ([A-Z_]+)\n"))
        .containsExactlyElementsOf(rules);
  }

  @Test
  void theGateSaysTheRefusalsThatItExplains() throws Exception {
    String gate = Files.readString(SOURCES.resolve("gate/gate"));
    List<String> headings = named("REFUSALS OF THE GATE", "\\.TP\n\\.BR? (.*)\n");
    assertThat(headings).hasSizeGreaterThan(5);
    for (String heading : headings) {
      List<String> quoted =
          heading.startsWith("\"")
              ? Pattern.compile("\"([a-z][^\"]*)\"")
                  .matcher(heading)
                  .results()
                  .map(match -> match.group(1))
                  .toList()
              : List.of(heading);
      assertThat(quoted).isNotEmpty();
      for (String refusal : quoted) {
        for (String part : refusal.split(" ?\\.\\.\\. ?", -1)) {
          assertThat(gate).as(refusal).contains(part);
        }
      }
    }
  }

  @Test
  void manReadsItWithoutAWarning() throws Exception {
    Path said = folder.resolve("said");
    Process process =
        new ProcessBuilder("groff", "-man", "-ww", "-Tutf8", PAGE.toString())
            .redirectError(said.toFile())
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isZero();
    assertThat(said).isEmptyFile();
  }
}
