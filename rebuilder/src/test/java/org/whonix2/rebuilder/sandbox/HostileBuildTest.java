package org.whonix2.rebuilder.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.whonix2.rebuilder.apt.AptRoot;
import org.whonix2.rebuilder.apt.MachineSources;
import org.whonix2.rebuilder.process.Cancellation;
import org.whonix2.rebuilder.process.LogFile;
import org.whonix2.rebuilder.process.Programs;

/** What hostile sources try, in a real root, and what becomes of it. Needs root and a mirror. */
@Tag("heavy")
@Timeout(600)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HostileBuildTest {
  private static final BuildLimits LIMITS =
      new BuildLimits(Duration.ofSeconds(25), 2 << 20, 16 << 20, 200, 8 << 20);

  private final Programs programs = new Programs(new Cancellation());
  private JobFolder job;
  private BuildRoot root;
  private Path sources;
  private Path work;
  private List<String> logEnd = List.of();
  private int cases;

  @BeforeAll
  void makeOneRootForAllCases(@TempDir Path state) throws Exception {
    job = JobFolder.open(state);
    Path tiny = job.folder("tiny");
    TinySource.write(tiny, "");
    try (LogFile log = new LogFile(job.path("prepare.log"))) {
      AptRoot apt =
          AptRoot.create(
              job.path("apt"), MachineSources.read(Path.of("/etc/apt")), "bookworm", programs, log);
      apt.update();
      root =
          BuildRoot.make(
              job.path("root"),
              apt,
              new RootContents.BuildDependencies(List.of(), tiny.resolve(TinySource.DSC)),
              programs,
              log);
    }
  }

  @AfterAll
  void remove() throws Exception {
    job.close();
  }

  @BeforeEach
  void newFolders() throws Exception {
    cases++;
    sources = job.folder("source" + cases);
    work = job.folder("build" + cases);
  }

  private Optional<BuildFailure> build(String rules) throws Exception {
    TinySource.write(sources, rules);
    try (LogFile log = new LogFile(job.path("build" + cases + ".log"))) {
      Optional<BuildFailure> failure =
          Sandbox.in(root, sources, work, LIMITS)
              .build(
                  Recipe.usual(TinySource.DSC, TinySource.FOLDER),
                  Surroundings.usual(1),
                  programs,
                  log);
      logEnd = log.tail(50);
      assertThat(processesOf((int) Files.getAttribute(work, "unix:uid"))).isEmpty();
      return failure;
    }
  }

  private static List<Path> processesOf(int uid) throws IOException {
    List<Path> found = new ArrayList<>();
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
      for (Path process : processes) {
        try {
          if (Files.getAttribute(process, "unix:uid").equals(uid)) {
            found.add(process);
          }
        } catch (IOException e) {
          // It has ended meanwhile.
        }
      }
    }
    return found;
  }

  @Test
  void anHonestBuildGivesItsPackage() throws Exception {
    assertThat(build("")).isEmpty();
    assertThat(work.resolve("tiny_1_all.deb")).isRegularFile();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "for i in $(seq 500); do sleep 1000 & done; wait                   | processes | 200 processes",
        "dd if=/dev/zero of=big bs=1M count=100                            | file      | 16777216 bytes",
        "dd if=/dev/zero of=/tmp/big bs=1M count=12                        | disk      | full disk",
        "dd if=/dev/zero of=/dev/shm/big bs=1M count=12                    | disk      | full disk",
        "yes                                                               | log       | printed more than 2097152",
        "sleep 1000                                                        | time      | time limit of 25 s",
        "trap '' TERM HUP INT; while true; do sleep 1; done                | time      | time limit of 25 s",
      })
  void whatUsesTooMuchIsStoppedAndTheLimitIsNamed(String rules, String limit, String message)
      throws Exception {
    BuildFailure failure = build(rules).orElseThrow();
    assertThat(failure.limit()).as(failure.reason() + logEnd).contains(limit);
    assertThat(failure.reason()).contains(message);
  }

  @Test
  void aForkBombStaysAmongItsOwnProcessesAndEnds() throws Exception {
    BuildFailure failure = build("bomb() { bomb | bomb & }; bomb; sleep 1000").orElseThrow();
    // Whether its own forks fail first, or it floods the log, or time runs out, is chance.
    assertThat(failure.limit()).get().isIn("processes", "log", "time");
    assertThat(String.join("\n", logEnd)).contains("Resource temporarily unavailable");
  }

  @Test
  void aDaemonLeftBehindIsDeadBeforeAnythingIsHashed() throws Exception {
    assertThat(build("setsid sleep 1000 </dev/null >/dev/null 2>&1 & disown")).isEmpty();
    // build() has looked for processes of the build's user.
  }

  @Test
  void thereIsNoNetworkNotEvenThisMachine() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String connect = "exec 3<>/dev/tcp/127.0.0.1/" + server.getLocalPort();
      assertThat(build(connect)).isPresent();
      assertThat(String.join("\n", logEnd)).contains("Connection refused");
      newFolders();
      assertThat(
              build(
                  "test $(ls /sys/class/net 2>/dev/null | wc -l) = 0; "
                      + "test $(tail -n +3 /proc/net/dev | grep -vc lo:) = 0"))
          .isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "touch /etc/left",
        "touch /usr/bin/left",
        "touch /source/left",
        "touch /build/left",
        "touch /left",
        "echo left > /proc/sys/kernel/hostname",
        "mknod node b 8 0",
        "chown 0:0 /tmp",
        "mount -t tmpfs none /tmp",
        "unshare --user --map-root-user mount --bind /tmp /usr",
        "cat /etc/shadow",
        "cp /bin/bash x; chown root x",
        "kill -9 1",
      })
  void whatAUserMayNotDoFails(String rules) throws Exception {
    assertThat(build("if " + rules + "; then echo DONE; else exit 77; fi"))
        .as(String.join("\n", logEnd))
        .isPresent();
    assertThat(String.join("\n", logEnd)).doesNotContain("DONE");
  }

  @Test
  void everyBuildSeesTheSameNamesAndNoneOfThisMachines() throws Exception {
    String check =
        """
        test "$(hostname)" = rebuilder
        test "$(id -un)" = rebuilder
        test "$(umask)" = 0022
        test "$HOME $USER $TZ $LC_ALL" = "/nonexistent rebuilder UTC C.UTF-8"
        test "$PWD" = /build/reproducible-path/tiny-1
        test "$(id -G | wc -w)" = 1
        test ! -e /etc/resolv.conf
        test -z "$(ls -A /sys)$(ls -A /home)"
        test "$(ls -d /proc/[0-9]* | wc -l)" -lt 12
        grep -q 'CapBnd:.0000000000000000' /proc/self/status
        grep -q 'NoNewPrivs:.1' /proc/self/status
        """;
    assertThat(build(check)).as(String.join("\n", logEnd)).isEmpty();
  }
}
