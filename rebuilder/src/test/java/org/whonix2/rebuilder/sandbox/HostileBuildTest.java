package org.whonix2.rebuilder.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
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
import org.whonix2.core.statement.Binaries;
import org.whonix2.rebuilder.SandboxFiles;
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
      new BuildLimits(Duration.ofSeconds(25), 2 << 20, 16 << 20, 200, 8 << 20, 256 << 20, 64 << 20);

  private final Programs programs = new Programs(new Cancellation());
  private Path roots;
  private JobFolder job;
  private LogFile prepareLog;
  private BuildRoot root;
  private Path sources;
  private Path work;
  private List<String> logEnd = List.of();
  private int cases;

  @BeforeAll
  void makeOneRootForAllCases(@TempDir Path state) throws Exception {
    roots = state.resolve("roots");
    job = JobFolder.open(state);
    Path tiny = job.folder("tiny");
    TinySource.write(tiny, "");
    prepareLog = new LogFile(job.path("prepare.log"));
    AptRoot apt =
        AptRoot.create(
            job.path("apt"),
            MachineSources.read(Path.of("/etc/apt")),
            "bookworm",
            programs,
            prepareLog);
    apt.update();
    root =
        BuildRoot.make(
            job,
            apt,
            new RootContents.BuildDependencies(
                List.of(), tiny.resolve(TinySource.DSC), Binaries.BINARY),
            RootCache.in(state, RootCache.Settings.STANDARD),
            programs,
            prepareLog);
  }

  @AfterAll
  void remove() throws Exception {
    root.close();
    prepareLog.close();
    job.close();
    // Thousands of files of other users, and not for JUnit to ask about one by one.
    SandboxFiles.remove(roots);
  }

  @BeforeEach
  void newFolders() throws Exception {
    cases++;
    sources = job.folder("source" + cases);
    work = job.folder("build" + cases);
  }

  private Optional<BuildFailure> build(String rules) throws Exception {
    return build(rules, Surroundings.usual(1));
  }

  private Optional<BuildFailure> build(String rules, Surroundings surroundings) throws Exception {
    TinySource.write(sources, rules);
    try (LogFile log = new LogFile(job.path("build" + cases + ".log"))) {
      Optional<BuildFailure> failure =
          Sandbox.in(root, sources, work, LIMITS)
              .build(Recipe.usual(TinySource.DSC, TinySource.FOLDER), surroundings, programs, log);
      logEnd = log.tail(50);
      assertThat(processesOfTheJob()).isEmpty();
      return failure;
    }
  }

  /** All that run in it name the job among their mounts. */
  private List<Path> processesOfTheJob() throws IOException {
    List<Path> found = new ArrayList<>();
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
      for (Path process : processes) {
        try {
          if (Files.readString(process.resolve("mountinfo")).contains("jobs/" + job.id())) {
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
        "for i in $(seq 500); do sleep 1000 & done; wait    | processes | times at the limit of 200 processes",
        "dd if=/dev/zero of=big bs=1M count=100             | file      | limit of 16777216 bytes a file",
        "for i in $(seq 9); do head -c 9M </dev/zero >$i; done | disk | its disk of 67108864 bytes is full",
        "for i in $(seq 9); do head -c 9M </dev/zero >/tmp/$i; done | disk | its disk of 67108864 bytes is full",
        "for i in $(seq 9); do head -c 9M </dev/zero >/var/tmp/$i; done | disk | its disk of 67108864 bytes is full",
        "for i in $(seq 99999); do echo >$i; done | disk      | its disk of 67108864 bytes is full",
        "dd if=/dev/zero of=/dev/shm/big bs=1M count=12     | disk      | the log speaks of a full disk or temporary file system",
        "perl -e '$x = chr(65) x 500e6; sleep 3'            | memory    | of its processes at the memory limit of 268435456 bytes",
        "yes                                                | log       | killed because it printed more than 2097152 bytes",
        "sleep 1000                                         | time      | killed at the time limit of 25 s",
        "trap '' TERM HUP INT; while true; do sleep 1; done | time      | killed at the time limit of 25 s",
      })
  void whatUsesTooMuchIsStoppedAndTheLimitIsNamed(String rules, String limit, String message)
      throws Exception {
    BuildFailure failure = build(rules).orElseThrow();
    assertThat(failure.limit()).as(failure.reason() + logEnd).contains(limit);
    assertThat(failure.reason()).startsWith("building: ").contains(message);
  }

  @Test
  void aForkBombStaysAmongItsOwnProcessesAndEnds() throws Exception {
    BuildFailure failure = build("bomb() { bomb | bomb & }; bomb; sleep 1000").orElseThrow();
    // Whether its own forks fail first, or it floods the log, or time runs out, is chance.
    assertThat(failure.limit()).get().isIn("processes", "log", "time");
    assertThat(String.join("\n", logEnd)).contains("Resource temporarily unavailable");
  }

  @Test
  void aManyHeadedMemoryEaterIsBoundedAsAWhole() throws Exception {
    String eat = "perl -e '$x = chr(65) x 60e6; sleep 9' & ";
    BuildFailure failure =
        build(eat.repeat(9) + "for i in $(seq 9); do wait -n; done").orElseThrow();
    assertThat(failure.limit()).as(failure.reason() + logEnd).contains("memory");
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
  @CsvSource(
      delimiter = '|',
      value = {
        "touch /etc/left                                  | Read-only file system",
        "touch /usr/bin/left                              | Read-only file system",
        "touch /source/left                               | Read-only file system",
        "touch /build/left                                | Read-only file system",
        "touch /left                                      | Read-only file system",
        "echo left > /proc/sys/kernel/hostname            | Permission denied",
        "echo 1 > /proc/sysrq-trigger                     | No such file",
        "echo c > /proc/self/oom_score_adj                | Invalid argument",
        "echo -1000 > /proc/self/oom_score_adj            | Permission denied",
        "echo 0 1000 1 > /proc/self/uid_map               | Operation not permitted",
        "cat /proc/1/environ                              | Permission denied",
        "ls /proc/1/root/                                 | Permission denied",
        "mknod node b 8 0                                 | Operation not permitted",
        "mknod node c 1 1                                 | Operation not permitted",
        "cat /dev/kmsg                                    | No such file",
        "cat /dev/mem                                     | No such file",
        "cat /dev/fuse                                    | No such file",
        "chown 0:0 /tmp                                   | Operation not permitted",
        "mount -t tmpfs none /tmp                         | must be superuser",
        "unshare --user true                              | Operation not permitted",
        "unshare --user --map-root-user mount --bind /tmp /usr | Operation not permitted",
        "unshare --net true                               | Operation not permitted",
        "nsenter --target 1 --mount true                  | Permission denied",
        "cat /etc/shadow                                  | Permission denied",
        "cp /bin/bash x; chown root x                     | Operation not permitted",
        "kill -9 1                                        | Operation not permitted",
        "renice -n -5 $$                                  | Permission denied",
      })
  void whatAUserMayNotDoFails(String rules, String message) throws Exception {
    assertThat(build("if " + rules + "; then echo DONE; else exit 77; fi"))
        .as(String.join("\n", logEnd))
        .isPresent();
    assertThat(String.join("\n", logEnd)).contains(message).doesNotContain("DONE");
  }

  /** System calls by their numbers on amd64 and arm64, as the root has no programs for them. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "join a session keyring         | 250 | 219 | 1, 0            | Operation not permitted",
        "read the session keyring       | 250 | 219 | 11, -3, 0, 0    | Operation not permitted",
        "add a key                      | 248 | 217 | 0, 0, 0, 0, -3  | Operation not permitted",
        "request a key                  | 249 | 218 | 0, 0, 0, 0      | Operation not permitted",
        "load a BPF program             | 321 | 280 | 5, 0, 0         | Operation not permitted",
        "watch the kernel's performance | 298 | 241 | 0, 0, -1, -1, 0 | Operation not permitted",
        "catch page faults              | 323 | 282 | 1               | Operation not permitted",
        "make a user namespace          | 272 | 97  | 0x10000000      | Operation not permitted",
        "clone into a user namespace    | 56  | 220 | 0x10000011, 0, 0, 0, 0 | Operation not permitted",
        "clone by what no filter sees   | 435 | 435 | 0, 0            | Function not implemented",
        "mount                          | 165 | 40  | 0, 0, 0, 0, 0   | Operation not permitted",
        "open a file system             | 430 | 430 | 0, 0            | Operation not permitted",
        "talk to the hypervisor         | 41  | 198 | 40, 1, 0        | Address family not supported",
        "use the kernel's ciphers       | 41  | 198 | 38, 5, 0        | Address family not supported",
        "send raw packets               | 41  | 198 | 17, 3, 0        | Address family not supported",
      })
  void theFilterRefusesTo(String what, int amd64, int arm64, String arguments, String message)
      throws Exception {
    int number = System.getProperty("os.arch").equals("amd64") ? amd64 : arm64;
    String call = "syscall(" + number + ", " + arguments + ")";
    String perl = "perl -e '$r = " + call + "; print STDERR \"$!\\n\"; exit($r == -1 ? 7 : 0)'";
    assertThat(build("if " + perl + "; then echo DONE; else exit 77; fi")).as(what).isPresent();
    assertThat(String.join("\n", logEnd)).contains(message).doesNotContain("DONE");
  }

  @Test
  void anotherArchitecturesSystemCallsAreFilteredToo() {
    // amd64 kernels run i386's and x32's as well.
    assertThat(SystemCallFilter.I386.numbers()).containsKeys("keyctl", "socketcall", "clone3");
  }

  @Test
  void linksOutOfTheTreeAreNotTaken(@TempDir Path outside) throws Exception {
    Path secret = Files.writeString(outside.resolve("secret"), "secret");
    String rules =
        """
        ln -sf %s ../evil_1_all.deb
        ln -sf /etc/passwd ../evil_1.changes
        ln -sf ../../../../../../../../etc/shadow ../evil_2_all.deb
        mkdir -p ../folder_1_all.deb
        [ -p ../pipe_1_all.deb ] || mkfifo ../pipe_1_all.deb
        touch ../-rf.deb "../new
        line.deb"
        """
            .formatted(secret);
    assertThat(build(rules)).as(String.join("\n", logEnd)).isEmpty();
    try (Stream<Path> left = Files.list(work)) {
      assertThat(left.map(file -> String.valueOf(file.getFileName())))
          .contains("tiny_1_all.deb")
          .noneMatch(name -> name.contains("evil"))
          .noneMatch(name -> name.contains("folder"))
          .noneMatch(name -> name.contains("pipe"));
    }
    assertThat(secret).hasContent("secret");
  }

  @Test
  void setUserIdFilesGiveNothing() throws Exception {
    String rules =
        """
        cp /usr/bin/id ../suid
        chmod 6755 ../suid
        ../suid -u
        test "$(../suid -u)" = 1000
        test "$(/usr/bin/su -c id 2>&1 | grep -c uid=0)" = 0
        """;
    assertThat(build(rules)).as(String.join("\n", logEnd)).isEmpty();
    assertThat(work.resolve("suid")).doesNotExist();
  }

  @Test
  void noSocketOfThisMachineCanBeReached() throws Exception {
    Process server =
        new ProcessBuilder(
                "perl",
                "-MSocket",
                "-e",
                "socket(S, AF_UNIX, SOCK_STREAM, 0); bind(S, pack_sockaddr_un(\"\\0whonix2-test\"))"
                    + " or die; listen(S, 5); $| = 1; print 1; accept(C, S)")
            .start();
    try {
      assertThat(server.getInputStream().read()).isEqualTo('1');
      String connect =
          "perl -MSocket -e 'socket(S, AF_UNIX, SOCK_STREAM, 0);"
              + " connect(S, pack_sockaddr_un(\"\\0whonix2-test\")) or die $!'";
      assertThat(build(connect)).isPresent();
      assertThat(String.join("\n", logEnd)).contains("Connection refused");
    } finally {
      server.destroyForcibly();
    }
  }

  @ParameterizedTest
  @CsvSource({"192.0.2.1, Network is unreachable", "2001:db8::1, Network is unreachable"})
  void noAddressCanBeReached(String address, String message) throws Exception {
    String connect =
        "perl -MIO::Socket::IP -e 'IO::Socket::IP->new(PeerHost => \"%s\", PeerPort => 80) or die $@'";
    assertThat(build(connect.formatted(address))).isPresent();
    assertThat(String.join("\n", logEnd)).containsAnyOf(message, "Cannot assign requested address");
  }

  /**
   * What a .buildinfo lists has no apt in it, and no fakeroot, which the build gets all the same.
   */
  @Test
  void exactlyTheListedPackagesMakeARootThatBuilds() throws Exception {
    assertThat(build("fakeroot true")).as(String.join("\n", logEnd)).isEmpty();
    List<ExactPackage> listed = new ArrayList<>();
    try (Stream<Path> records = Files.list(work)) {
      Path record =
          records.filter(each -> each.toString().endsWith(".buildinfo")).findFirst().orElseThrow();
      String text = Files.readString(record);
      for (ExactPackage each : root.packages()) {
        if (text.contains("\n " + each.name() + " (= " + each.version() + ")")) {
          listed.add(each);
        }
      }
    }
    assertThat(listed)
        .hasSizeGreaterThan(50)
        .extracting(each -> each.name().toString())
        .contains("gcc-12")
        .doesNotContain("apt", "fakeroot");
    BuildRoot usual = root;
    try (LogFile log = new LogFile(job.path("exact.log"))) {
      RootCache cache = RootCache.in(job.state(), RootCache.Settings.STANDARD);
      root = BuildRoot.make(job, usual.apt(), RootContents.Exact.of(listed), cache, programs, log);
      root.installed().requireExactly(listed);
      newFolders();
      assertThat(build("fakeroot true; ! dpkg -s fakeroot"))
          .as(String.join("\n", logEnd))
          .isEmpty();
    } finally {
      root.close();
      root = usual;
    }
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
        test "$(id -u)" = 1000
        test ! -e /etc/resolv.conf
        test -z "$(ls -A /sys)$(ls -A /home)"
        test "$(ls -d /proc/[0-9]* | wc -l)" -lt 12
        test "$(nproc)" = 1
        grep -q 'CapBnd:.0000000000000000' /proc/self/status
        grep -q 'NoNewPrivs:.1' /proc/self/status
        grep -q 'Seccomp:.2' /proc/self/status
        ! dpkg -s libfaketime
        test -z "$LD_PRELOAD"
        """;
    assertThat(build(check)).as(String.join("\n", logEnd)).isEmpty();
  }

  @Test
  void everyFieldOfTheSurroundingsIsObeyed() throws Exception {
    Surroundings others =
        new Surroundings(
            "somebody",
            "elsewhere",
            "/build/another/path",
            "Asia/Tokyo",
            "fr_CH.UTF-8",
            0002,
            1,
            Optional.of(Instant.parse("2031-05-06T00:00:00Z")),
            true,
            Optional.of("linux32"));
    String check =
        """
        test "$(hostname) $(id -un) $USER" = "elsewhere somebody somebody"
        test "$PWD" = /build/another/path/tiny-1
        test "$(umask)" = 0002
        test "$(nproc)" = 1
        test "$(date +%Y-%m-%d)" = 2031-05-06
        test "$(date +%Z)" = JST
        test "$(uname -m)" = i686
        test "$(locale charmap)" = UTF-8
        test "$(LC_ALL=fr_CH.UTF-8 date -d 2026-01-01 +%B)" = janvier
        echo > written
        test "$(stat -c %Y written)" -lt 1900000000
        ! dpkg -s libfaketime
        ! dpkg -s locales-all
        """;
    assertThat(build(check, others)).as(String.join("\n", logEnd)).isEmpty();
    assertThat(work.resolve("tiny_1_all.deb")).isRegularFile();
  }

  @Test
  void shuffledFilesComeInAnotherOrderAndUsualOnesAlwaysInTheSame() throws Exception {
    String list =
        "rm -rf order; mkdir order; for i in $(seq 30); do touch order/$i; done; find order | tr '\\n' ' '";
    Surroundings usual = Surroundings.usual(1);
    Surroundings shuffled =
        new Surroundings(
            usual.user(),
            usual.host(),
            usual.buildPath(),
            usual.timeZone(),
            usual.locale(),
            usual.umask(),
            1,
            Optional.empty(),
            true,
            Optional.empty());
    List<String> orders = new ArrayList<>();
    for (Surroundings each : List.of(usual, usual, shuffled)) {
      newFolders();
      assertThat(build(list, each)).as(String.join("\n", logEnd)).isEmpty();
      orders.add(
          logEnd.stream().filter(line -> line.startsWith("order ")).findFirst().orElseThrow());
    }
    assertThat(orders.get(1)).isEqualTo(orders.get(0));
    assertThat(orders.get(2)).isNotEqualTo(orders.get(0)).contains("order/17");
  }
}
