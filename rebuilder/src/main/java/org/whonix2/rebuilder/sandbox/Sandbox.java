package org.whonix2.rebuilder.sandbox;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.whonix2.rebuilder.process.Command;
import org.whonix2.rebuilder.process.Ending;
import org.whonix2.rebuilder.process.Limits;
import org.whonix2.rebuilder.process.LogFile;
import org.whonix2.rebuilder.process.Outcome;
import org.whonix2.rebuilder.process.Programs;

/**
 * Runs a source's build in a {@link BuildRoot}. When {@link #build} returns, every process of the
 * build is dead, whatever it did; only then may its folder be read.
 */
public final class Sandbox {
  static final String SOURCE_PATH = "/source";

  static final Set<PosixFilePermission> READABLE_FOLDER =
      PosixFilePermissions.fromString("rwxr-xr-x");

  static final Set<PosixFilePermission> READABLE_FILE =
      PosixFilePermissions.fromString("rw-r--r--");

  /**
   * Users of builds: no account has such a number (64 random ones at a time would still rarely
   * meet), and it is below 2^21, which is the largest that a tar header of the ustar format holds.
   */
  private static final int FIRST_UID = 2_000_000;

  private static final int UIDS = 97_000;

  private final BuildRoot root;
  private final Path sources;
  private final Path work;
  private final BuildLimits limits;
  private final int uid;

  private Sandbox(BuildRoot root, Path sources, Path work, BuildLimits limits, int uid) {
    this.root = root;
    this.sources = sources;
    this.work = work;
    this.limits = limits;
    this.uid = uid;
  }

  /**
   * Readies a root for one build.
   *
   * @param sources the fetched source; the build can read it only
   * @param work an empty folder, which becomes the build's own
   */
  public static Sandbox in(BuildRoot root, Path sources, Path work, BuildLimits limits)
      throws IOException {
    int uid = FIRST_UID + new SecureRandom().nextInt(UIDS);
    makeReadable(sources);
    Files.setAttribute(work, "unix:uid", uid);
    Files.setAttribute(work, "unix:gid", uid);
    Files.setPosixFilePermissions(work, PosixFilePermissions.fromString("rwx------"));
    return new Sandbox(root, sources, work, limits, uid);
  }

  /** Lets the build's user read a fetched source, whatever umask it was fetched with. */
  static void makeReadable(Path sources) throws IOException {
    Files.setPosixFilePermissions(sources, READABLE_FOLDER);
    try (DirectoryStream<Path> files = Files.newDirectoryStream(sources)) {
      for (Path file : files) {
        if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
          Files.setPosixFilePermissions(file, READABLE_FILE);
        }
      }
    }
  }

  /**
   * Unpacks the source and builds its binary packages.
   *
   * @return why it failed, if it did
   */
  public Optional<BuildFailure> build(
      Recipe recipe, Surroundings surroundings, Programs programs, LogFile log) throws IOException {
    root.furnish(surroundings);
    root.addUser(surroundings.user(), uid);
    String path = surroundings.buildPath();
    List<String> unpack =
        List.of(
            "dpkg-source",
            // apt has checked the .dsc down to the archive's key, and we its files' digests.
            "--no-check",
            "--no-copy",
            "--extract",
            SOURCE_PATH + "/" + recipe.dscName(),
            recipe.folderName());
    List<String> build = List.of("dpkg-buildpackage", "--build=" + recipe.binaries(), "-us", "-uc");
    long deadline = System.nanoTime() + limits.time().toNanos();
    Steps steps = new Steps(recipe.options(), surroundings, deadline, programs, log);
    Optional<BuildFailure> failure = steps.run("unpacking", unpack, path);
    String folder = path + "/" + recipe.folderName();
    if (failure.isEmpty() && recipe.changelogEntry().isPresent()) {
      String entry = SOURCE_PATH + "/" + recipe.changelogEntry().get();
      failure = steps.run("adding the changelog entry", prepend(entry), folder);
    }
    return failure.isPresent() ? failure : steps.run("building", build, folder);
  }

  /**
   * By a shell, and as the build's user: what it replaces is the source's own, and may be a link.
   */
  private static List<String> prepend(String entry) {
    String script =
        "cat \"$1\" debian/changelog >../.changelog && mv -f ../.changelog debian/changelog";
    return List.of("/bin/sh", "-c", script, "sh", entry);
  }

  /** Steps of one build, which share its time. */
  private final class Steps {
    private final String options;
    private final Surroundings surroundings;
    private final long deadline;
    private final Programs programs;
    private final LogFile log;

    Steps(
        String options, Surroundings surroundings, long deadline, Programs programs, LogFile log) {
      this.options = options;
      this.surroundings = surroundings;
      this.deadline = deadline;
      this.programs = programs;
      this.log = log;
    }

    Optional<BuildFailure> run(String what, List<String> arguments, String folder)
        throws IOException {
      return step(what, arguments, folder, options, surroundings, deadline, programs, log);
    }
  }

  private Optional<BuildFailure> step(
      String what,
      List<String> arguments,
      String folder,
      String options,
      Surroundings surroundings,
      long deadline,
      Programs programs,
      LogFile log)
      throws IOException {
    log.line("$ " + String.join(" ", arguments));
    Duration left = Duration.ofNanos(Math.max(1_000_000, deadline - System.nanoTime()));
    Command command =
        Command.of(arguments)
            .behind(insideArguments(surroundings))
            .behind(bubblewrapArguments(folder, options, surroundings))
            .behind(Namespaces.OWN_MOUNTS_AND_PROCESSES);
    Outcome outcome = programs.run(command, new Limits(left, limits.logBytes()), log);
    return outcome.succeeded() ? Optional.empty() : Optional.of(explain(what, outcome, log));
  }

  private List<String> bubblewrapArguments(
      String folder, String options, Surroundings surroundings) {
    List<String> bwrap = new ArrayList<>();
    bwrap.add("bwrap");
    bwrap.addAll(List.of("--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts"));
    bwrap.addAll(List.of("--unshare-cgroup-try", "--die-with-parent", "--new-session"));
    bwrap.addAll(List.of("--hostname", surroundings.host()));
    bwrap.addAll(List.of("--ro-bind", root.folder().toString(), "/"));
    bwrap.addAll(List.of("--proc", "/proc", "--dev", "/dev"));
    for (String temporary : List.of("/dev/shm", "/tmp", "/var/tmp")) {
      String size = Long.toString(limits.temporaryBytes());
      bwrap.addAll(List.of("--perms", "1777", "--size", size, "--tmpfs", temporary));
    }
    bwrap.addAll(List.of("--ro-bind", sources.toString(), SOURCE_PATH));
    bwrap.addAll(List.of("--bind", work.toString(), surroundings.buildPath()));
    bwrap.addAll(List.of("--chdir", folder, "--clearenv"));
    environment(options, surroundings)
        .forEach((name, value) -> bwrap.addAll(List.of("--setenv", name, value)));
    bwrap.add("--");
    return bwrap;
  }

  private static Map<String, String> environment(String options, Surroundings surroundings) {
    Map<String, String> environment = new TreeMap<>();
    environment.put("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
    environment.put("HOME", "/nonexistent");
    environment.put("USER", surroundings.user());
    environment.put("LOGNAME", surroundings.user());
    environment.put("SHELL", "/bin/sh");
    environment.put("LC_ALL", surroundings.locale());
    environment.put("TZ", surroundings.timeZone());
    environment.put(
        "DEB_BUILD_OPTIONS", (options + " parallel=" + surroundings.processors()).strip());
    return environment;
  }

  /** Inside, by the root's own programs: limits, then no privileges, then the umask. */
  private List<String> insideArguments(Surroundings surroundings) {
    List<String> inside = new ArrayList<>();
    surroundings
        .personality()
        .ifPresent(personality -> inside.addAll(List.of("/usr/bin/setarch", personality, "--")));
    int there = Runtime.getRuntime().availableProcessors();
    if (surroundings.processors() < there) {
      String those = "0-" + (surroundings.processors() - 1);
      inside.addAll(List.of("/usr/bin/taskset", "--cpu-list", those));
    }
    inside.addAll(withoutPrivileges());
    inside.addAll(List.of("/bin/sh", "-c", "umask $0 && exec \"$@\""));
    inside.add("%03o".formatted(surroundings.umask()));
    return inside;
  }

  private List<String> withoutPrivileges() {
    return List.of(
        "/usr/bin/prlimit",
        "--fsize=" + limits.fileBytes(),
        "--nproc=" + limits.processes(),
        "--core=0",
        "--",
        "/usr/bin/setpriv",
        "--reuid=" + uid,
        "--regid=" + uid,
        "--clear-groups",
        "--inh-caps=-all",
        "--bounding-set=-all",
        "--no-new-privs",
        "--");
  }

  private BuildFailure explain(String what, Outcome outcome, LogFile log) {
    if (outcome.ending() == Ending.TIME_LIMIT) {
      return new BuildFailure(
          what + ": killed at the time limit of " + limits.time().toSeconds() + " s",
          Optional.of("time"));
    }
    if (outcome.ending() == Ending.OUTPUT_LIMIT) {
      return new BuildFailure(
          what + ": killed because it printed more than " + limits.logBytes() + " bytes",
          Optional.of("log"));
    }
    String reason = what + ": exit code " + outcome.exitCode();
    // These limits make a system call fail; all that remains of it is what the build printed.
    String tail = String.join("\n", log.tail(200));
    if (tail.contains("File size limit exceeded") || tail.contains("File too large")) {
      return new BuildFailure(
          reason + "; the log speaks of the limit of " + limits.fileBytes() + " bytes a file",
          Optional.of("file"));
    }
    if (tail.contains("Resource temporarily unavailable") || tail.contains("Cannot fork")) {
      return new BuildFailure(
          reason + "; the log speaks of the limit of " + limits.processes() + " processes",
          Optional.of("processes"));
    }
    if (tail.contains("No space left on device")) {
      return new BuildFailure(
          reason + "; the log speaks of a full disk or temporary file system", Optional.of("disk"));
    }
    return new BuildFailure(reason, Optional.empty());
  }
}
