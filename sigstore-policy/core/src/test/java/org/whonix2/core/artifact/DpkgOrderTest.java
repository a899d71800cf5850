package org.whonix2.core.artifact;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.whonix2.core.machine.MachinePackages;

/** The order of versions is the real dpkg's. */
class DpkgOrderTest {
  private static final int PAIRS = 10_000;

  /** One process of dpkg a line "left relation right"; says the lines that dpkg denies. */
  private static final String ASK =
      "while read -r left relation right; do"
          + " dpkg --compare-versions \"$left\" \"$relation\" \"$right\" ||"
          + " echo \"$left $relation $right\"; done";

  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({
    "1.0~rc1, <, 1.0",
    "1.0~~, <, 1.0~",
    "1.0, <, 1.0a",
    "1.0a, <, 1.0+",
    "1.9, <, 1.10",
    "1.0, =, 1.00",
    "1.0, =, 1.0-0",
    "1.0, =, 0:1.0",
    "1.0-1, <, 1.0-1+b1",
    "1.0-1~deb12u1, <, 1.0-1",
    "9, <, 1:0",
    "1.0-a, <, 1.0--a",
    "1.99999999999999999999, <, 1.100000000000000000000",
    "1.00000000000000000000001, =, 1.1",
  })
  void rule(String left, String relation, String right) throws Exception {
    PackageVersion one = PackageVersion.parse(left);
    PackageVersion other = PackageVersion.parse(right);
    int expected = relation.equals("=") ? 0 : -1;
    assertThat(Integer.signum(one.compareTo(other))).isEqualTo(expected);
    assertThat(Integer.signum(other.compareTo(one))).isEqualTo(-expected);
    assertThat(one).isNotEqualTo(other);
  }

  @Test
  void tenThousandGeneratedPairsAreOrderedAsByDpkg() throws Exception {
    VersionPairs pairs = new VersionPairs(new Random(12));
    List<String> questions = new ArrayList<>();
    Map<String, Integer> seen = new HashMap<>();
    for (int i = 0; i < PAIRS; i++) {
      PackageVersion left = PackageVersion.parse(pairs.next());
      PackageVersion right = PackageVersion.parse(pairs.near(left.value()));
      assertThat(Integer.signum(right.compareTo(left)))
          .isEqualTo(-Integer.signum(left.compareTo(right)));
      String relation = relation(left, right);
      seen.merge(relation, 1, Integer::sum);
      questions.add(left + " " + relation + " " + right);
    }
    // Each relation often enough for the comparison to say something.
    assertThat(seen).hasSize(3).allSatisfy((r, times) -> assertThat(times).isGreaterThan(500));
    assertThat(deniedByDpkg(questions)).isEmpty();
  }

  @Test
  void everyVersionOfTheArchiveIsOrderedAsByDpkg() throws Exception {
    List<String> lines =
        new String(MachinePackages.bookwormMain(), StandardCharsets.UTF_8)
            .lines()
            .filter(line -> line.startsWith("Version: "))
            .toList();
    assertThat(lines).hasSizeGreaterThan(50_000);
    List<PackageVersion> sorted = new ArrayList<>();
    for (String line : lines.stream().distinct().toList()) {
      sorted.add(PackageVersion.parse(line.substring("Version: ".length())));
    }
    sorted.sort(null);
    List<String> questions = new ArrayList<>();
    for (int i = 1; i < sorted.size(); i++) {
      PackageVersion left = sorted.get(i - 1);
      PackageVersion right = sorted.get(i);
      questions.add(left + " " + relation(left, right) + " " + right);
    }
    assertThat(deniedByDpkg(questions)).isEmpty();
  }

  /** Without this the tests above would pass if nobody were asked. */
  @Test
  void dpkgDeniesAWrongOrder() throws Exception {
    assertThat(deniedByDpkg(List.of("1.0 lt 2.0", "2.0 lt 1.0", "1.0 eq 1.0~")))
        .containsExactly("2.0 lt 1.0", "1.0 eq 1.0~");
  }

  private static String relation(PackageVersion left, PackageVersion right) {
    int order = left.compareTo(right);
    return order < 0 ? "lt" : order > 0 ? "gt" : "eq";
  }

  private List<String> deniedByDpkg(List<String> questions)
      throws IOException, InterruptedException {
    Path asked = folder.resolve("asked");
    Path other = folder.resolve("asked-beside");
    int half = questions.size() / 2;
    Process beside = askDpkg(questions.subList(0, half), other);
    Process process = askDpkg(questions.subList(half, questions.size()), asked);
    assertThat(process.waitFor(10, TimeUnit.MINUTES)).isTrue();
    assertThat(beside.waitFor(10, TimeUnit.MINUTES)).isTrue();
    List<String> denied = new ArrayList<>(Files.readAllLines(denied(other)));
    denied.addAll(Files.readAllLines(denied(asked)));
    return denied;
  }

  private static Path denied(Path asked) {
    return asked.resolveSibling(asked.getFileName() + "-denied");
  }

  private static Process askDpkg(List<String> questions, Path asked) throws IOException {
    Files.writeString(asked, questions.stream().map(line -> line + "\n").collect(joining()));
    return new ProcessBuilder("sh", "-c", ASK)
        .redirectInput(asked.toFile())
        .redirectOutput(denied(asked).toFile())
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }
}
