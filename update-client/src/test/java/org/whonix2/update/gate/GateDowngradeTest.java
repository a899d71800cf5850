package org.whonix2.update.gate;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.artifact.PackageVersion;

/**
 * What the gate takes for installed, and for older: it starts neither dpkg-query nor dpkg, so that
 * it has to say what they say. {@link PackageVersion} is ordered as by dpkg (DpkgOrderTest). The
 * gate's own lines are run here, up to where it looks at its arguments.
 */
class GateDowngradeTest {
  private static final int PAIRS = 20_000;
  private static final List<String> PIECES =
      List.of(
          "0",
          "1",
          "2",
          "9",
          "10",
          "00",
          "01",
          "a",
          "b",
          "z",
          "A",
          "rc",
          "~",
          "~~",
          "+",
          ".",
          "..",
          "-",
          ":",
          "u",
          "99999999999");

  @TempDir private Path folder;

  private List<String> perl(String probe, List<String> input) throws Exception {
    String gate = Files.readString(Path.of("src/gate/gate"), StandardCharsets.US_ASCII);
    assertThat(gate).contains("# --- which way");
    Path script = folder.resolve("probe");
    Files.writeString(script, gate.substring(0, gate.indexOf("# --- which way")) + probe);
    Path questions = Files.write(folder.resolve("questions"), input);
    return said(
        new ProcessBuilder("/usr/bin/perl", "-T", script.toString())
            .redirectInput(questions.toFile()));
  }

  private List<String> said(ProcessBuilder builder) throws Exception {
    Path output = folder.resolve("output");
    Process process = builder.redirectErrorStream(true).redirectOutput(output.toFile()).start();
    assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
    List<String> lines = Files.readAllLines(output, StandardCharsets.UTF_8);
    assertThat(process.exitValue()).as("%s", lines).isZero();
    return lines;
  }

  private static Optional<PackageVersion> version(Random random) {
    StringBuilder text = new StringBuilder(random.nextInt(3) == 0 ? "1:" : "").append("1");
    for (int i = random.nextInt(5); i > 0; i--) {
      text.append(PIECES.get(random.nextInt(PIECES.size())));
    }
    try {
      return Optional.of(PackageVersion.parse(text.toString()));
    } catch (MalformedInputException e) {
      return Optional.empty();
    }
  }

  @Test
  void versionsAreOrderedAsByDpkg() throws Exception {
    Random random = new Random(9);
    List<String> pairs = new ArrayList<>();
    List<String> expected = new ArrayList<>();
    while (pairs.size() < PAIRS) {
      Optional<PackageVersion> one = version(random);
      Optional<PackageVersion> other = version(random);
      if (one.isEmpty() || other.isEmpty()) {
        continue;
      }
      PackageVersion left = one.get();
      PackageVersion right = other.get();
      pairs.add(left + " " + right);
      expected.add(left + " " + right + " " + Integer.signum(left.compareTo(right)));
    }
    assertThat(expected).anyMatch(line -> line.endsWith(" 0"));
    assertThat(
            perl(
                "while (<STDIN>) { chomp; print \"$_ \", compare_versions(split / /) // 'none',"
                    + " \"\\n\" }",
                pairs))
        .isEqualTo(expected);
  }

  @Test
  void whatIsNoVersionHasNoPlaceInTheOrder() throws Exception {
    List<String> wrong = List.of("a1", "1:a", "1-", "1:1-", "2:1:3-", "a:1", "1_0", "9999999999:1");
    assertThat(
            perl(
                "while (<STDIN>) { chomp; print compare_versions('1.0', $_) // 'none', \"\\n\" }",
                wrong))
        .hasSameSizeAs(wrong)
        .containsOnly("none");
  }

  /** dpkg reads them all as this package; what it writes is the first. */
  @ParameterizedTest
  @CsvSource({
    "'Package: foo|Status: install ok installed|', 1",
    "'package: foo|Status: install ok installed|', none",
    "'Package:  foo|Status: install ok installed|', none",
    "'Package: foo |Status: install ok installed|', none",
    "'Package: foo\r|Status: install ok installed|', none",
    "'Status: install ok installed|Package: foo|', none",
    "'|Package: foo|Status: install ok installed|', none",
  })
  void anEntryThatDpkgDidNotWriteIsNotOverlooked(String entry, String found) throws Exception {
    String before = "Package: bar\nStatus: install ok installed\nVersion: 1\n\n";
    String after = "\nPackage: last\nStatus: install ok installed\nVersion: 1\n";
    for (int many : new int[] {0, 1, 1000}) {
      Path status =
          Files.writeString(
              folder.resolve("status"),
              before.repeat(many) + entry.replace('|', '\n') + "Version: 2.0\n" + after);
      assertThat(
              perl(
                  "chomp(my $file = <STDIN>); my ($all, $why) = entries($file, 'foo');"
                      + " print defined $why ? 'none' : scalar @$all, \"\\n\"",
                  List.of(status.toString())))
          .containsExactly(found);
    }
  }

  /** Of every package that dpkg knows here, and of one that it does not. */
  @Test
  void whatIsInstalledIsWhatDpkgQuerySays() throws Exception {
    List<String> names =
        new ArrayList<>(said(new ProcessBuilder("dpkg-query", "-W", "-f", "${Package}\\n")));
    assertThat(names).hasSizeGreaterThan(50);
    names.add("whonix2-no-such-package");
    List<String> expected =
        said(
            new ProcessBuilder(
                "dpkg-query", "-W", "-f", "${db:Status-Status} ${Package} ${Version}\\n"));
    expected.removeIf(
        line -> line.startsWith("config-files ") || line.startsWith("not-installed "));
    expected.replaceAll(line -> line.substring(line.indexOf(' ') + 1));
    String probe =
        "while (my $name = <STDIN>) { chomp $name; my ($versions, $why) = installed_versions($name);"
            + " die $why if !$versions; print \"$name $_\\n\" for @$versions }";
    assertThat(perl(probe, names.stream().distinct().toList()))
        .containsExactlyInAnyOrderElementsOf(expected);
  }
}
