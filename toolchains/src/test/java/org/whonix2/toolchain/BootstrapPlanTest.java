package org.whonix2.toolchain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.digest.Sha256;

class BootstrapPlanTest {
  private static final String GOOD =
      """
      apiVersion: toolchain.whonix2.org/v1
      kind: BootstrapPlan
      metadata: {name: tiny, revision: 1}
      makes: tiny-1
      sources: [{name: tiny, version: "1.2-3"}]
      packages: [make]
      files: [some.patch]
      roots: [{name: gcc, toolchain: gcc-12, stages: 3}, {name: clang, toolchain: clang-14, stages: 3}]
      uses: 3
      timeLimit: 10m
      outputs:
        - {file: tiny, path: /opt/t/tiny, role: compiler, mode: "755"}
        - {file: cc1, path: /usr/lib/t/cc1, role: compiler, mode: "755", logged: true}
        - {file: tiny.a, path: /opt/t/tiny.a, role: runtime, mode: "644"}
      """;

  @TempDir private Path folder;

  @BeforeEach
  void layFilesBeside() throws Exception {
    Files.createDirectory(folder.resolve("plans"));
    Files.writeString(folder.resolve("plans/tiny.sh"), "exit 0\n");
    Files.writeString(folder.resolve("plans/some.patch"), "+\n");
  }

  private BootstrapPlan parse(String yaml) throws Exception {
    Files.writeString(folder.resolve("plans/tiny.yaml"), yaml);
    return Definitions.with(folder).plan("tiny").orElseThrow();
  }

  @Test
  void readsWhatStandsThere() throws Exception {
    BootstrapPlan plan = parse(GOOD);
    assertThat(plan.makes()).isEqualTo("tiny-1");
    assertThat(plan.sources().get(0).version().toString()).isEqualTo("1.2-3");
    assertThat(plan.packages()).containsExactly("make");
    assertThat(plan.files().keySet()).containsExactlyInAnyOrder("tiny.sh", "some.patch");
    assertThat(plan.script()).isEqualTo("tiny.sh");
    assertThat(plan.root("clang").orElseThrow()).isEqualTo(new PlanRoot("clang", "clang-14", 3));
    assertThat(plan.root("pcc")).isEmpty();
    assertThat(plan.timeLimit()).isEqualTo(Duration.ofMinutes(10));
    assertThat(plan.outputs()).extracting(PlanOutput::logged).containsExactly(false, true, false);
  }

  @Test
  void theDigestIsThatOfAllItsFilesAsSha256sumListsThem() throws Exception {
    BootstrapPlan plan = parse(GOOD);
    Process sums =
        new ProcessBuilder("sh", "-c", "sha256sum some.patch tiny.sh tiny.yaml | sha256sum")
            .directory(folder.resolve("plans").toFile())
            .start();
    String sum =
        new String(sums.getInputStream().readAllBytes(), StandardCharsets.US_ASCII)
            .split(" ", -1)[0];
    assertThat(plan.digest()).isEqualTo(Sha256.parse(sum));
    Files.writeString(folder.resolve("plans/tiny.sh"), "exit 1\n");
    assertThat(parse(GOOD).digest()).isNotEqualTo(plan.digest());
  }

  @Test
  void needsTheFilesThatItNames() throws Exception {
    Files.delete(folder.resolve("plans/some.patch"));
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> parse(GOOD))
        .withMessageContaining("expected a file some.patch")
        .withMessageContaining("found none");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'sources: [{name: tiny, version: \"1.2-3\"}]' | 'sources: []'       | 1 to 8 sources",
        "files: [some.patch]   | files: [tiny.sh]                 | neither the plan nor its script",
        "files: [some.patch]   | files: [../x]                    | expected a plain file name",
        "name: clang, tool     | name: gcc, tool                  | roots: expected nothing twice",
        "stages: 3}]           | stages: 10}]                     | at most 9",
        "stages: 3             | stages: 0                        | a whole number of at least 1",
        "uses: 3               | uses: 4                          | a stage that a root comes to",
        "path: /opt/t/tiny.a   | path: /opt/t/tiny                | outputs: expected nothing twice",
        "role: compiler        | role: header                     | a compiler, and at most",
        "role: runtime         | role: library                    | role: expected one of",
        "'mode: \"644\"'       | 'mode: \"4755\"'                  | expected a mode such as 755",
        "'mode: \"644\"'       | 'mode: \"666\"'                   | expected a mode such as 755",
        "logged: true          | logged: maybe                    | expected true or false",
        "path: /opt/t/tiny.a   | path: /tmp/tiny.a                | expected a path below /opt or /us",
        "makes: tiny-1         | makes: tiny-1 x                  | expected a name such as gcc-12",
        "uses: 3               | 'uses: 3\nsays: x'               | unknown key 'says'",
      })
  void refusesAnyOtherShapeAndSaysWhere(String from, String to, String complaint) {
    String bad = GOOD.replace(from, to);
    assertThat(bad).isNotEqualTo(GOOD);
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> parse(bad))
        .withMessageContaining(complaint)
        .withMessageContaining("plans/tiny.yaml");
  }
}
