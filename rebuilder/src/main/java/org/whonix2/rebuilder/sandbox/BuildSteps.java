package org.whonix2.rebuilder.sandbox;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.whonix2.rebuilder.process.Command;
import org.whonix2.rebuilder.process.Ending;
import org.whonix2.rebuilder.process.Limits;
import org.whonix2.rebuilder.process.LogFile;
import org.whonix2.rebuilder.process.Outcome;
import org.whonix2.rebuilder.process.Programs;

/** One build's programs: each behind bubblewrap, in surroundings that were asked for. */
final class BuildSteps {
  private static final Limits OURS = new Limits(Duration.ofMinutes(1), 1 << 16);

  private final Namespaces namespaces;
  private final Optional<ControlGroup> group;
  private final BuildLimits limits;
  private final SubIds ids;
  private final Surroundings surroundings;
  private final Optional<JobCompiler> compiler;
  private final Path run;

  /**
   * Steps of one build.
   *
   * @param compiler that stands in its root; none: whatever its packages brought
   * @param run its folder, laid out
   */
  BuildSteps(
      Namespaces namespaces,
      Optional<ControlGroup> group,
      BuildLimits limits,
      SubIds ids,
      Surroundings surroundings,
      Optional<JobCompiler> compiler,
      Path run) {
    this.namespaces = namespaces;
    this.group = group;
    this.limits = limits;
    this.ids = ids;
    this.surroundings = surroundings;
    this.compiler = compiler;
    this.run = run;
  }

  /** Runs one step after the other; says why one failed, if one did. */
  Optional<BuildFailure> run(Path sources, Work work, Programs programs, LogFile log)
      throws IOException {
    long deadline = System.nanoTime() + limits.time().toNanos();
    Map<String, String> variables = environment(work);
    for (Work.Step step : work.steps(surroundings)) {
      Optional<BuildFailure> failure = step(step, variables, sources, deadline, programs, log);
      if (failure.isPresent()) {
        return failure;
      }
    }
    return Optional.empty();
  }

  private Optional<BuildFailure> step(
      Work.Step step,
      Map<String, String> variables,
      Path sources,
      long deadline,
      Programs programs,
      LogFile log)
      throws IOException {
    log.line("$ " + String.join(" ", step.command()));
    Duration left = Duration.ofNanos(Math.max(1_000_000, deadline - System.nanoTime()));
    Optional<Path> filter = Sandbox.writeFilter(run);
    Command command =
        Command.of(step.command())
            .behind(insideArguments(step.trueTime()))
            .behind(bubblewrap(variables, sources, step.folder(), filter));
    if (filter.isPresent()) {
      command = command.behind(Sandbox.withFilter(namespaces.seen(filter.get())));
    }
    Outcome outcome =
        programs.run(namespaces.alone(command), new Limits(left, limits.logBytes()), log);
    return outcome.succeeded()
        ? Optional.empty()
        : Optional.of(explain(step.what(), outcome, programs, log));
  }

  private List<String> bubblewrap(
      Map<String, String> variables, Path sources, String folder, Optional<Path> filter) {
    String disk = namespaces.seen(run.resolve("disk"));
    List<String> bwrap = new ArrayList<>();
    bwrap.add("bwrap");
    bwrap.addAll(List.of("--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts"));
    bwrap.addAll(List.of("--unshare-cgroup-try", "--die-with-parent", "--new-session"));
    bwrap.addAll(List.of("--hostname", surroundings.host()));
    bwrap.addAll(List.of("--ro-bind", namespaces.seen(run.resolve("root")), "/"));
    bwrap.addAll(List.of("--proc", "/proc", "--dev", "/dev"));
    String size = Long.toString(limits.temporaryBytes());
    bwrap.addAll(List.of("--perms", "1777", "--size", size, "--tmpfs", "/dev/shm"));
    bwrap.addAll(List.of("--bind", disk + "/tmp", "/tmp"));
    bwrap.addAll(List.of("--bind", disk + "/vartmp", "/var/tmp"));
    bwrap.addAll(List.of("--ro-bind", namespaces.seen(sources), Sandbox.SOURCE_PATH));
    String build = surroundings.shuffledFiles() ? "/shuffled" : "/build";
    bwrap.addAll(List.of("--bind", disk + build, surroundings.buildPath()));
    bwrap.addAll(List.of("--bind", disk + "/calls", CompilerCalls.FOLDER));
    bwrap.addAll(List.of("--chdir", folder, "--clearenv"));
    variables.forEach((name, value) -> bwrap.addAll(List.of("--setenv", name, value)));
    if (filter.isPresent()) {
      bwrap.addAll(List.of("--seccomp", "9"));
    }
    bwrap.add("--");
    return bwrap;
  }

  private Map<String, String> environment(Work work) {
    Map<String, String> environment = new TreeMap<>(work.environment(surroundings));
    compiler.ifPresent(each -> environment.putAll(each.toolchain().environment()));
    String path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    boolean first = compiler.filter(each -> !each.toolchain().commands().isEmpty()).isPresent();
    environment.put("PATH", first ? CompilerSwap.BIN + ":" + path : path);
    environment.put("HOME", "/nonexistent");
    environment.put("USER", surroundings.user());
    environment.put("LOGNAME", surroundings.user());
    environment.put("SHELL", "/bin/sh");
    environment.put("LC_ALL", surroundings.locale());
    environment.put("TZ", surroundings.timeZone());
    return environment;
  }

  /**
   * As an offset: an absolute time would be read in the build's time zone. Only set for the build's
   * user, who could not use what the library shares with programs of another.
   */
  private static List<String> faked(Instant time) {
    long offset = Duration.between(Instant.now(), time).toSeconds();
    return List.of(
        "/usr/bin/env",
        // The dynamic linker knows what $LIB is.
        "LD_PRELOAD=/usr/$LIB/faketime/libfaketime.so.1",
        "FAKETIME=%+d".formatted(offset),
        "FAKETIME_DONT_FAKE_MONOTONIC=1",
        // Files' times are the source's and the true ones; else every installed file would differ.
        "NO_FAKE_STAT=1");
  }

  /** Inside, by the root's own programs: limits, then no privileges, then the umask. */
  private List<String> insideArguments(boolean trueTime) {
    List<String> inside = new ArrayList<>(limits.onEachProcess(group.isPresent()));
    surroundings
        .personality()
        .ifPresent(personality -> inside.addAll(List.of("/usr/bin/setarch", personality, "--")));
    if (surroundings.processors() < Runtime.getRuntime().availableProcessors()) {
      String those = "0-" + (surroundings.processors() - 1);
      inside.addAll(List.of("/usr/bin/taskset", "--cpu-list", those));
    }
    inside.addAll(
        List.of(
            "/usr/bin/setpriv",
            "--reuid=" + SubIds.BUILDER,
            "--regid=" + SubIds.BUILDER,
            "--clear-groups",
            "--inh-caps=-all",
            "--bounding-set=-all",
            "--no-new-privs",
            "--"));
    surroundings.time().filter(time -> !trueTime).ifPresent(time -> inside.addAll(faked(time)));
    inside.addAll(List.of("/bin/sh", "-c", "umask $0 && exec \"$@\""));
    inside.add("%03o".formatted(surroundings.umask()));
    return inside;
  }

  private BuildFailure explain(String what, Outcome outcome, Programs programs, LogFile log)
      throws IOException {
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
    Optional<BuildFailure> counted = counted(reason, programs);
    if (counted.isPresent()) {
      return counted.get();
    }
    // These limits make a system call fail; all that remains of it is what the build printed.
    String tail = String.join("\n", log.tail(200));
    if (tail.contains("File size limit exceeded") || tail.contains("File too large")) {
      return new BuildFailure(
          reason + "; the log speaks of the limit of " + limits.fileBytes() + " bytes a file",
          Optional.of("file"));
    }
    if (tail.contains("No space left on device")) {
      return new BuildFailure(
          reason + "; the log speaks of a full disk or temporary file system", Optional.of("disk"));
    }
    if (group.isEmpty() && tail.contains("Resource temporarily unavailable")) {
      return new BuildFailure(
          reason + "; the log speaks of the limit of " + limits.processes() + " processes",
          Optional.of("processes"));
    }
    if (group.isEmpty() && tail.contains("Cannot allocate memory")) {
      return new BuildFailure(
          reason + "; the log speaks of the limit of " + limits.memoryBytes() + " bytes a process",
          Optional.of("memory"));
    }
    return new BuildFailure(reason, Optional.empty());
  }

  /** What the kernel itself counted. */
  private Optional<BuildFailure> counted(String reason, Programs programs) throws IOException {
    if (group.isPresent()) {
      long kills = group.get().memoryKills();
      if (kills > 0) {
        return Optional.of(
            new BuildFailure(
                reason
                    + "; the kernel killed "
                    + kills
                    + " of its processes at the memory limit of "
                    + limits.memoryBytes()
                    + " bytes",
                Optional.of("memory")));
      }
      long refused = group.get().refusedProcesses();
      if (refused > 0) {
        return Optional.of(
            new BuildFailure(
                reason
                    + "; the kernel refused new processes "
                    + refused
                    + " times at the limit of "
                    + limits.processes()
                    + " processes",
                Optional.of("processes")));
      }
    }
    if (isDiskFull(programs)) {
      return Optional.of(
          new BuildFailure(
              reason + "; its disk of " + limits.diskBytes(ids) + " bytes is full",
              Optional.of("disk")));
    }
    return Optional.empty();
  }

  private boolean isDiskFull(Programs programs) throws IOException {
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    String disk = namespaces.seen(run.resolve("disk"));
    Command stat = Command.of("stat", "--file-system", "--format=%a %b %d", disk);
    if (!programs.run(namespaces.joined(stat), OURS, said).succeeded()) {
      return false;
    }
    String[] words = said.toString(StandardCharsets.UTF_8).strip().split(" ", -1);
    long free = Long.parseLong(words[0]);
    long all = Long.parseLong(words[1]);
    long freeFiles = Long.parseLong(words[2]);
    return free <= all / 1000 || freeFiles == 0;
  }
}
