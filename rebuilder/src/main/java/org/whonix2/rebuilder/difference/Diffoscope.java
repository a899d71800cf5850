package org.whonix2.rebuilder.difference;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.whonix2.rebuilder.process.Command;
import org.whonix2.rebuilder.process.Ending;
import org.whonix2.rebuilder.process.Limits;
import org.whonix2.rebuilder.process.Outcome;
import org.whonix2.rebuilder.process.Programs;

/**
 * Runs diffoscope on two packages. It unpacks and reads hostile files of any kind, so it is locked
 * in: this machine's programs and the two packages are all that it sees, and it can read them only;
 * no network, no privileges, a user of its own where we are root; limits on time, memory, processes
 * and what it may write. All its processes end with it.
 */
public final class Diffoscope {
  private static final String PROGRAM = "diffoscope";

  private static final long MEMORY_BYTES = 2L << 30;
  private static final long TEMPORARY_BYTES = 1L << 30;
  private static final int PROCESSES = 64;
  private static final int FIRST_UID = 2_100_000;
  private static final int UIDS = 90_000;

  /** Of the time that is left, what it may use before it has to write its report. */
  private static final double SEARCHING = 0.7;

  private final Programs programs;
  private final long reportBytes;

  /** One whose reports have about so many bytes at most. */
  public Diffoscope(Programs programs, long reportBytes) {
    this.programs = programs;
    this.reportBytes = reportBytes;
  }

  /** Whether this machine has it. */
  public static boolean isInstalled() {
    return Programs.isInstalled(PROGRAM);
  }

  /**
   * What it said.
   *
   * @param text fit for a terminal
   * @param trouble why that is not everything, in one lower-case sentence; empty if it is
   */
  public record Report(String text, String trouble) {}

  /**
   * Compares two packages.
   *
   * @param archived the archive's, by a plain file name
   * @param rebuilt ours, by a plain file name
   * @throws IOException if it cannot be started
   */
  public Report compare(Path archived, Path rebuilt, Duration time) throws IOException {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    ByteArrayOutputStream errors = new ByteArrayOutputStream();
    Outcome outcome =
        programs.run(
            sandboxed(arguments(time), archived, rebuilt),
            new Limits(time, 2 * reportBytes),
            text,
            errors);
    return new Report(
        printable(text.toString(StandardCharsets.UTF_8)),
        trouble(outcome, time, errors.toString(StandardCharsets.UTF_8)));
  }

  /** What a shell says in the very sandbox that diffoscope runs in; to try the sandbox itself. */
  String inSandbox(Path archived, Path rebuilt, String script, Duration time) throws IOException {
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    programs.run(
        sandboxed(List.of("/bin/bash", "-c", script), archived, rebuilt),
        new Limits(time, reportBytes),
        said);
    return said.toString(StandardCharsets.UTF_8);
  }

  private static Command sandboxed(List<String> arguments, Path archived, Path rebuilt)
      throws IOException {
    Command command =
        Command.of(arguments)
            .behind(insideArguments())
            .behind(bubblewrapArguments(archived, rebuilt));
    // Bubblewrap itself may end a moment before its processes.
    return isRoot() ? command.alone() : command;
  }

  private List<String> arguments(Duration time) {
    return List.of(
        "/usr/bin/" + PROGRAM,
        "--no-progress",
        "--text-color=never",
        "--max-text-report-size=" + reportBytes,
        "--timeout=" + Math.max(1, (long) (time.toSeconds() * SEARCHING)),
        "--text=-",
        "--",
        "/archive.deb",
        "/rebuilt.deb");
  }

  private static List<String> bubblewrapArguments(Path archived, Path rebuilt) throws IOException {
    List<String> bwrap = new ArrayList<>(List.of("bwrap", "--die-with-parent", "--new-session"));
    bwrap.addAll(List.of("--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts"));
    bwrap.addAll(List.of("--unshare-cgroup-try", "--hostname", PROGRAM));
    if (!isRoot()) {
      bwrap.addAll(List.of("--unshare-user", "--cap-drop", "ALL"));
    }
    bwrap.addAll(List.of("--ro-bind", "/usr", "/usr"));
    for (String folder : List.of("bin", "sbin", "lib", "lib32", "lib64")) {
      if (Files.isSymbolicLink(Path.of("/" + folder))) {
        bwrap.addAll(List.of("--symlink", "usr/" + folder, "/" + folder));
      } else {
        bwrap.addAll(List.of("--ro-bind-try", "/" + folder, "/" + folder));
      }
    }
    bwrap.addAll(List.of("--perms", "0755", "--dir", "/etc"));
    for (String file : List.of("/etc/alternatives", "/etc/ld.so.cache", "/etc/magic")) {
      bwrap.addAll(List.of("--ro-bind-try", file, file));
    }
    bwrap.addAll(List.of("--proc", "/proc", "--dev", "/dev"));
    bwrap.addAll(List.of("--perms", "1777", "--size", Long.toString(TEMPORARY_BYTES)));
    bwrap.addAll(List.of("--tmpfs", "/tmp"));
    bwrap.addAll(List.of("--ro-bind", archived.toString(), "/archive.deb"));
    bwrap.addAll(List.of("--ro-bind", rebuilt.toString(), "/rebuilt.deb"));
    bwrap.addAll(List.of("--remount-ro", "/", "--chdir", "/tmp", "--clearenv"));
    Map<String, String> environment =
        new TreeMap<>(
            Map.of(
                "PATH", "/usr/sbin:/usr/bin:/sbin:/bin",
                "HOME", "/nonexistent",
                "TMPDIR", "/tmp",
                "LC_ALL", "C.UTF-8",
                "TZ", "UTC",
                "PYTHONDONTWRITEBYTECODE", "1"));
    environment.forEach((name, value) -> bwrap.addAll(List.of("--setenv", name, value)));
    bwrap.add("--");
    return bwrap;
  }

  private static List<String> insideArguments() throws IOException {
    List<String> inside =
        new ArrayList<>(
            List.of(
                "/usr/bin/prlimit",
                "--as=" + MEMORY_BYTES,
                "--fsize=" + TEMPORARY_BYTES,
                "--core=0"));
    if (isRoot()) {
      // Of a user of its own; an ordinary user's processes outside would count as well.
      inside.add("--nproc=" + PROCESSES);
    }
    inside.add("--");
    inside.addAll(List.of("/usr/bin/setpriv", "--no-new-privs"));
    if (isRoot()) {
      int uid = FIRST_UID + new SecureRandom().nextInt(UIDS);
      inside.addAll(List.of("--reuid=" + uid, "--regid=" + uid, "--clear-groups"));
      inside.addAll(List.of("--inh-caps=-all", "--bounding-set=-all"));
    }
    inside.add("--");
    return inside;
  }

  private static boolean isRoot() throws IOException {
    return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
  }

  private String trouble(Outcome outcome, Duration time, String errors) {
    if (outcome.ending() == Ending.TIME_LIMIT) {
      return "diffoscope was killed at the time limit of " + time.toSeconds() + " s";
    }
    if (outcome.ending() == Ending.OUTPUT_LIMIT) {
      return "diffoscope was killed because it printed more than " + 2 * reportBytes + " bytes";
    }
    // As diff: 0 for equal, 1 for different.
    if (outcome.exitCode() > 1) {
      String last = errors.lines().reduce("", (before, line) -> line.isBlank() ? before : line);
      return "diffoscope failed with exit code "
          + outcome.exitCode()
          + (last.isEmpty()
              ? ""
              : ": " + printable(last.substring(0, Math.min(200, last.length()))));
    }
    return "";
  }

  /** What it shows is taken from hostile files: nothing of it may act on a terminal. */
  public static String printable(String text) {
    StringBuilder out = new StringBuilder(text.length());
    text.codePoints()
        .forEach(c -> out.appendCodePoint(c == '\n' || c == '\t' || isSeen(c) ? c : '?'));
    return out.toString();
  }

  private static boolean isSeen(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> true;
    };
  }
}
