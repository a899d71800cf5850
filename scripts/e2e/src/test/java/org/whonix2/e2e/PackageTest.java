package org.whonix2.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The Debian package whonix2-update, as scripts/package-update makes it. */
class PackageTest {
  private static final Path REPOSITORY = Path.of("../..").toAbsolutePath().normalize();

  @TempDir private Path folder;

  private String run(String... command) throws Exception {
    Path output = folder.resolve("output");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    String text = Files.readString(output, StandardCharsets.UTF_8);
    assertThat(process.exitValue()).as(text).isZero();
    return text.strip();
  }

  private Path build(String out, String... more) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(REPOSITORY.resolve("scripts/package-update").toString());
    command.addAll(List.of("--out", folder.resolve(out).toString()));
    command.addAll(List.of(more));
    return Path.of(run(command.toArray(String[]::new)));
  }

  @Test
  void twoBuildsGiveTheSameBits() throws Exception {
    Path first = build("a");
    Path second = build("b");
    assertThat(Files.mismatch(first, second)).isEqualTo(-1);
    assertThat(first.getFileName()).isEqualTo(second.getFileName());
  }

  @Test
  void itIsProtectedAndBringsWhatTheGateNeeds() throws Exception {
    String control = run("dpkg-deb", "--field", build("a", "--version", "7.5").toString());
    assertThat(control)
        .contains("Package: whonix2-update\n")
        .contains("Version: 7.5\n")
        .contains("Architecture: all\n")
        .contains("Protected: yes\n")
        .containsPattern("Depends: .*java17-runtime-headless.* perl-base, coreutils, dpkg");
  }

  @Test
  void everythingInItIsRootsAndNothingIsAConffile() throws Exception {
    String contents = run("dpkg-deb", "--contents", build("a").toString());
    assertThat(contents.lines())
        .isNotEmpty()
        .allMatch(line -> line.matches("(-rwxr-xr-x|-rw-r--r--|drwxr-xr-x) root/root .*"))
        .noneMatch(line -> line.contains(" ./etc"))
        .anyMatch(line -> line.startsWith("-rwx") && line.endsWith(" ./usr/bin/whonix2-update"))
        .anyMatch(line -> line.startsWith("-rwx") && line.endsWith(" ./usr/lib/whonix2/gate"))
        .anyMatch(line -> line.startsWith("-rwx") && line.endsWith(" ./usr/lib/whonix2/gate-setup"))
        .anyMatch(line -> line.startsWith("-rwx") && line.endsWith("/whonix2/sync-after-update"))
        .anyMatch(line -> line.endsWith(" ./usr/lib/systemd/system/whonix2-update-sync.timer"))
        .anyMatch(line -> line.endsWith(" ./usr/lib/systemd/system/whonix2-update-sync.service"))
        .anyMatch(line -> line.endsWith(" ./usr/share/man/man8/whonix2-update.8.gz"))
        .anyMatch(line -> line.matches(".* ./usr/share/whonix2/update/whonix2-core-.*\\.jar"))
        .anyMatch(line -> line.matches(".* ./usr/share/whonix2/update/picocli-.*\\.jar"));
    assertThat(run("dpkg-deb", "--info", build("b").toString())).doesNotContain("conffiles");
  }

  @Test
  void bashCompletesItsCommandsAndOptions() throws Exception {
    Path tree = folder.resolve("tree");
    run("dpkg-deb", "--extract", build("a").toString(), tree.toString());
    assertThat(completions(tree, "whonix2-update", "s")).contains("sync", "status");
    assertThat(completions(tree, "whonix2-update", "gate", "")).contains("install", "remove");
    assertThat(completions(tree, "whonix2-update", "sync", "--t")).contains("--time-limit");
  }

  private List<String> completions(Path tree, String... words) throws Exception {
    String script =
        "source \"$0\"; COMP_WORDS=(\"$@\"); COMP_CWORD=$(($# - 1));"
            + " \"$(complete -p whonix2-update | sed 's/.*-F \\([^ ]*\\) .*/\\1/')\";"
            + " printf '%s\\n' \"${COMPREPLY[@]}\"";
    List<String> command =
        new ArrayList<>(
            List.of(
                "bash",
                "-c",
                script,
                tree.resolve("usr/share/bash-completion/completions/whonix2-update").toString()));
    command.addAll(List.of(words));
    return run(command.toArray(String[]::new)).lines().map(String::strip).toList();
  }

  @Test
  void theProgramStartsFromWhatIsInIt() throws Exception {
    Path tree = folder.resolve("tree");
    run("dpkg-deb", "--extract", build("a").toString(), tree.toString());
    assertThat(
            run(
                "java",
                "-cp",
                tree.resolve("usr/share/whonix2/update") + "/*",
                "org.whonix2.update.cli.UpdateProgram",
                "--help"))
        .contains("sync")
        .contains("gate")
        .contains("explain");
    for (String program : List.of("gate", "gate-setup")) {
      assertThat(run("perl", "-T", "-c", tree.resolve("usr/lib/whonix2/" + program).toString()))
          .endsWith("syntax OK");
    }
  }
}
