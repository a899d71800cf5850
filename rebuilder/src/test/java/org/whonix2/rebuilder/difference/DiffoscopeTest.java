package org.whonix2.rebuilder.difference;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.whonix2.rebuilder.process.Cancellation;
import org.whonix2.rebuilder.process.Programs;

/** The real diffoscope in its sandbox; needs diffoscope-minimal and bubblewrap. */
@Timeout(300)
class DiffoscopeTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final String ONE = "0x1111111111111111111111111111111111111111";
  private static final String TWO = "0x2222222222222222222222222222222222222222";

  @TempDir Path folder;
  private final Programs programs = new Programs(new Cancellation());
  private Compiled compiled;

  @BeforeEach
  void theToolIsThere() {
    assertThat(Diffoscope.isInstalled())
        .as("this test runs the real diffoscope: apt-get install diffoscope-minimal")
        .isTrue();
    compiled = new Compiled(folder);
  }

  private Path text(String content) throws Exception {
    return compiled.new Contents("tiny").file("usr/share/doc/tiny/readme", content).pack();
  }

  @Test
  void itShowsWhatDiffers() throws Exception {
    Path archived =
        compiled.new Contents("tiny").file("usr/bin/x", compiled.program(1, ONE, "1.debug")).pack();
    Path rebuilt =
        compiled.new Contents("tiny").file("usr/bin/x", compiled.program(1, TWO, "2.debug")).pack();
    Diffoscope.Report report = new Diffoscope(programs, 1 << 20).compare(archived, rebuilt, MINUTE);
    assertThat(report.trouble()).isEmpty();
    assertThat(report.text())
        .contains("./usr/bin/x", "-  ", "Build ID: " + ONE.substring(2), TWO.substring(2));
  }

  @Test
  void equalPackagesGiveAnEmptyReport() throws Exception {
    Path one = text("same");
    assertThat(new Diffoscope(programs, 1 << 20).compare(one, one, MINUTE))
        .isEqualTo(new Diffoscope.Report("", ""));
  }

  @Test
  void whatRunsIntoTheTimeLimitIsKilledAndSaysSo() throws Exception {
    Diffoscope.Report report =
        new Diffoscope(programs, 1 << 20).compare(text("a"), text("b"), Duration.ofMillis(20));
    assertThat(report.trouble()).contains("killed at the time limit");
  }

  @Test
  void aReportIsNeverLongerThanItMayBe() throws Exception {
    StringBuilder a = new StringBuilder();
    StringBuilder b = new StringBuilder();
    for (int i = 0; i < 20_000; i++) {
      a.append("line ").append(i).append(i % 20 == 0 ? " of one\n" : "\n");
      b.append("line ").append(i).append(i % 20 == 0 ? " of two\n" : "\n");
    }
    Diffoscope.Report report =
        new Diffoscope(programs, 2000).compare(text(a.toString()), text(b.toString()), MINUTE);
    assertThat(report.text().length()).isLessThan(4100);
  }

  @Test
  void damagedPackagesEndInAReportOrInTrouble() throws Exception {
    Path good = text("good");
    byte[] bytes = Files.readAllBytes(good);
    Path damaged = folder.resolve("damaged.deb");
    for (int i = 70; i < bytes.length; i += bytes.length / 6) {
      byte[] hostile = bytes.clone();
      hostile[i] ^= 0x5a;
      Files.write(damaged, hostile);
      Diffoscope.Report report = new Diffoscope(programs, 1 << 16).compare(good, damaged, MINUTE);
      assertThat(report.text() + report.trouble()).as("byte " + i).isNotEmpty();
    }
  }

  @Test
  void nothingOfAReportActsOnATerminal() throws Exception {
    Diffoscope.Report report =
        new Diffoscope(programs, 1 << 20)
            .compare(text("a\n"), text("\u001b[2J\u202eb\u009b\n"), MINUTE);
    assertThat(report.text()).doesNotContain("\u001b", "\u202e", "\u009b");
    assertThat(Diffoscope.printable("a\tb\nc\u0007\u2066\u00adé")).isEqualTo("a\tb\nc???é");
  }

  /** What hostile content could do if it made diffoscope run what it likes. */
  @Test
  void itsSandboxLetsNothingOutAndNothingIn() throws Exception {
    Path one = text("a");
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String script =
          """
          check() { if eval "$2"; then echo "HELD $1"; else echo "BROKE $1"; fi; }
          check user 'test "$(id -u)" != 0'
          check groups 'test "$(id -G | wc -w)" = 1'
          check capabilities 'grep -q "CapBnd:.0000000000000000" /proc/self/status'
          check privileges 'grep -q "NoNewPrivs:.1" /proc/self/status'
          check network '! (exec 3<>/dev/tcp/127.0.0.1/@PORT@)'
          check interfaces 'test "$(tail -n +3 /proc/net/dev | grep -vc lo:)" = 0'
          check inputs '! (echo x >>/archive.deb) && ! (echo x >>/rebuilt.deb)'
          check root '! touch /left && ! touch /usr/left && ! touch /etc/left'
          check homes 'test ! -e /home && test ! -e /root && test ! -e /var && test ! -e /etc/shadow'
          check processes 'test "$(ls -d /proc/[0-9]* | wc -l)" -lt 12'
          check environment 'test -z "$SECRET" && test "$HOME" = /nonexistent'
          check memory '! python3 -c "bytearray(3 << 30)"'
          check disk '! dd if=/dev/zero of=/tmp/big bs=1M count=1100'
          check nodes '! mknod /tmp/node b 8 0'
          check mounts '! mount -t tmpfs none /tmp'
          setsid sleep 98765 >/dev/null 2>&1 </dev/null &
          """
              .replace("@PORT@", "" + server.getLocalPort());
      String said = new Diffoscope(programs, 1 << 20).inSandbox(one, one, script, MINUTE);
      assertThat(said.lines().filter(line -> line.startsWith("BROKE"))).as(said).isEmpty();
      assertThat(said.lines().filter(line -> line.startsWith("HELD"))).as(said).hasSize(15);
    }
    assertThat(ProcessHandle.allProcesses().filter(DiffoscopeTest::isLeftBehind)).isEmpty();
  }

  private static boolean isLeftBehind(ProcessHandle process) {
    return process.info().commandLine().orElse("").endsWith("sleep 98765");
  }

  @Test
  void aForkBombStaysInsideAndEnds() throws Exception {
    Path one = text("a");
    String bomb = "bomb() { bomb | bomb & }; bomb; sleep 1000";
    String said =
        new Diffoscope(programs, 1 << 20).inSandbox(one, one, bomb, Duration.ofSeconds(5));
    assertThat(said).contains("Resource temporarily unavailable");
  }
}
