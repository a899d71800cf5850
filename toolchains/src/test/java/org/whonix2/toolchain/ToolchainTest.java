package org.whonix2.toolchain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.artifact.PackageVersion;
import org.whonix2.core.digest.Sha256;

class ToolchainTest {
  private static final String GOOD =
      """
      apiVersion: toolchain.whonix2.org/v1
      kind: Toolchain
      metadata: {name: tiny-1, revision: 3}
      hashClass: tiny-1
      versionSuffix: +cc.tiny
      packages: [{name: tiny, versions: ["1.2-3", "1.2-4"]}, {name: libc6-dev}]
      compilerRoots: [gcc, clang]
      archiveRoot: gcc
      plan: tiny
      own: [/usr/bin/tiny]
      others: ["/usr/bin/*gcc*", "/usr/lib/gcc/*/[0-9]*/cc1"]
      commands: [{names: [cc, c99], runs: /opt/t/tiny, drop: ["-O*"], dropPairs: [-z], first: [-w], last: [], answers: {"-dumpmachine": x86}}]
      environment: {LDFLAGS: "", CFLAGS: "-a -b"}
      timeLimit: 30m
      knownLimits: [none known]
      knownSources: [{source: ed, version: "1.19-1", builds: true, note: two builds are equal}]
      """;

  private static Toolchain parse(String yaml) throws MalformedInputException {
    return Toolchain.parse(yaml.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void readsWhatStandsThere() throws Exception {
    Toolchain tiny = parse(GOOD);
    assertThat(tiny.name()).isEqualTo("tiny-1");
    assertThat(tiny.revision()).isEqualTo(3);
    assertThat(tiny.variant(PackageVersion.parse("1:2-3"))).hasToString("Optional[1:2-3+cc.tiny]");
    assertThat(tiny.packageNames()).containsExactly("tiny", "libc6-dev");
    assertThat(tiny.packages().get(0).allows(PackageVersion.parse("1.2-4"))).isTrue();
    assertThat(tiny.packages().get(0).allows(PackageVersion.parse("1.2-5"))).isFalse();
    assertThat(tiny.packages().get(1).allows(PackageVersion.parse("1.2-5"))).isTrue();
    assertThat(tiny.isArchives("gcc")).isTrue();
    assertThat(tiny.isArchives("clang")).isFalse();
    assertThat(tiny.plan()).contains("tiny");
    assertThat(tiny.environment()).containsEntry("LDFLAGS", "").containsEntry("CFLAGS", "-a -b");
    assertThat(tiny.timeLimit()).isEqualTo(Duration.ofMinutes(30));
    CompilerCommand command = tiny.commands().get(0);
    assertThat(command.names()).containsExactly("cc", "c99");
    assertThat(command.drop()).containsExactly("-O*");
    assertThat(command.answers()).containsEntry("-dumpmachine", "x86");
    assertThat(tiny.knownSources().get(0).builds()).isTrue();
  }

  @Test
  void theDebianCompilerShipsWithUsAndItsArchivesRootIsGcc() throws Exception {
    Toolchain gcc = Definitions.shipped().toolchain("gcc-12").orElseThrow();
    assertThat(gcc.hashClass()).isEqualTo("gcc-12");
    assertThat(gcc.isArchives("gcc")).isTrue();
    assertThat(gcc.commands()).isEmpty();
    assertThat(gcc.packageNames()).contains("gcc-12");
  }

  @ParameterizedTest
  @ValueSource(strings = {"gcc-12", "clang-14", "pcc", "tcc", "tcc-ddc", "pcc-ddc"})
  void whatShipsIsWhole(String name) throws Exception {
    Definitions shipped = Definitions.shipped();
    Toolchain toolchain = shipped.toolchain(name).orElseThrow();
    assertThat(toolchain.knownLimits()).isNotEmpty();
    assertThat(toolchain.others()).isNotEmpty();
    if (toolchain.plan().isPresent()) {
      BootstrapPlan plan = shipped.plan(toolchain.plan().get()).orElseThrow();
      assertThat(plan.makes()).isEqualTo(name);
      assertThat(toolchain.planDigest())
          .as("sha256sum of the plan's sha256sum lines, where nothing of the archive has its bits")
          .isEqualTo(
              toolchain.archiveRoot().isPresent() ? Optional.empty() : Optional.of(plan.digest()));
      for (PlanRoot root : plan.roots()) {
        assertThat(shipped.toolchain(root.toolchain())).as(root.toolchain()).isPresent();
        assertThat(root.stages() < plan.uses() || toolchain.compilerRoots().contains(root.name()))
            .as(root.name())
            .isTrue();
      }
    }
  }

  @Test
  void addingAToolchainIsAddingAFile(@TempDir Path folder) throws Exception {
    assertThat(Definitions.with(folder).toolchain("tiny-1")).isEmpty();
    Files.writeString(folder.resolve("tiny-1.yaml"), GOOD);
    assertThat(Definitions.with(folder).toolchain("tiny-1")).contains(parse(GOOD));
    assertThat(Definitions.shipped().toolchain("tiny-1")).isEmpty();
  }

  @Test
  void nobodyTakesTheNameOfOneThatShips(@TempDir Path folder) throws Exception {
    Files.writeString(folder.resolve("gcc-12.yaml"), GOOD.replace("tiny-1", "gcc-12"));
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> Definitions.with(folder).toolchain("gcc-12"))
        .withMessageContaining("that ships with the program");
  }

  @Test
  void aFileSaysTheNameThatItHas(@TempDir Path folder) throws Exception {
    Files.writeString(folder.resolve("other.yaml"), GOOD);
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> Definitions.with(folder).toolchain("other"))
        .withMessageContaining("expected metadata.name 'other', found 'tiny-1'");
  }

  @Test
  void theDigestIsThatOfTheBytes() throws Exception {
    assertThat(parse(GOOD).digest()).isEqualTo(Sha256.of(GOOD.getBytes(StandardCharsets.UTF_8)));
    assertThat(parse(GOOD + "# a comment\n").digest()).isNotEqualTo(parse(GOOD).digest());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "../gcc-12", "gcc-12/", "GCC", "a b", "-x"})
  void aNameIsNotAPath(String name) {
    for (Definitions definitions : List.of(Definitions.shipped())) {
      assertThatExceptionOfType(MalformedInputException.class)
          .isThrownBy(() -> definitions.toolchain(name));
      assertThatExceptionOfType(MalformedInputException.class)
          .isThrownBy(() -> definitions.plan(name));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "hashClass: tiny-1     | 'hashClass: a\nhashClass: x'    | line 5: key 'hashClass' stands",
        "hashClass: tiny-1     | 'hashClass: a\ncolour: red'     | line 5: unknown key 'colour'",
        "hashClass: tiny-1     | '# no class'                    | expected a key 'hashClass'",
        "+cc.tiny              | +tiny                           | sorts before +deb12u1",
        "+cc.tiny              | +deb                            | sorts before +deb12u1",
        "+cc.tiny              | ~cc                             | expected a version's suffix",
        "+cc.tiny              | +c-1                            | expected a version's suffix",
        "whonix2.org/v1        | whonix2.org/v2                  | line 1: apiVersion: expected",
        "kind: Toolchain       | kind: Policy                    | line 2: kind: expected",
        "name: tiny-1          | name: Tiny                      | line 3: metadata.name: expected",
        "revision: 3           | revision: 0                     | metadata.revision: expected a who",
        "{name: libc6-dev}     | {name: tiny}                    | each package once",
        "{name: libc6-dev}     | {name: -o}                      | expected a package",
        "{name: libc6-dev}     | libc6-dev                       | packages: expected a mapping",
        "'\"1.2-4\"'           | '\"1.2-3\"'                     | expected each once",
        "'[gcc, clang]'        | '[]'                            | at least one compiler root",
        "archiveRoot: gcc      | archiveRoot: pcc                | archiveRoot: expected one of",
        "plan: tiny            | '# none'                        | a plan for every root",
        "archiveRoot: gcc      | '# none'                        | planDigest: expected it where",
        "plan: tiny            | 'plan: tiny\nplanDigest: x'      | planDigest: expected",
        "/usr/bin/tiny         | /usr/bin/../tiny                | without . and ..",
        "/usr/bin/tiny         | usr/bin/tiny                    | expected an absolute path",
        "/usr/bin/tiny         | '\"/usr/bin/$(id)\"'            | expected an absolute path",
        "/usr/bin/tiny         | '\"/usr/bin/a;b\"'              | expected an absolute path",
        "runs: /opt/t/tiny     | runs: '/opt/t/*'                | runs: expected an absolute path",
        "'[cc, c99]'           | '[cc, cc]'                      | expected each once",
        "'[cc, c99]'           | '[]'                            | names that no other command has",
        "'[cc, c99]'           | '[../cc]'                       | expected a plain file name",
        "'\"-O*\"'             | '\"-O*) id ;; -x\"'             | expected an argument without",
        "'first: [-w]'         | 'first: [\"a b\"]'              | expected an argument without",
        "x86}                  | '\"a''b\"}'                     | expected a value without quotes",
        "LDFLAGS               | PATH                            | expected a variable of compilers",
        "LDFLAGS               | LD_PRELOAD                      | expected a variable of compilers",
        "LDFLAGS               | LC_ALL                          | expected a variable of compilers",
        "timeLimit: 30m        | timeLimit: soon                 | timeLimit: expected a duration",
        "'[none known]'        | '[!!str x]'                     | without anchors",
        "builds: true          | builds: yes                     | builds: expected true or false",
      })
  void refusesAnyOtherShapeAndSaysWhere(String from, String to, String complaint) {
    String bad = GOOD.replace(from, to);
    assertThat(bad).isNotEqualTo(GOOD);
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> parse(bad))
        .withMessageContaining(complaint);
  }

  @Test
  void refusesNothingAndTooMuch() {
    assertThatExceptionOfType(MalformedInputException.class).isThrownBy(() -> parse(""));
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> parse(GOOD + "#".repeat(Toolchain.MAX_BYTES)))
        .withMessageContaining("at most 65536 bytes");
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> Toolchain.parse(new byte[] {(byte) 0xff}));
  }
}
