package org.whonix2.rebuilder.sandbox;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.whonix2.core.MalformedInputException;
import org.whonix2.io.cli.CommandException;
import org.whonix2.io.files.AtomicFiles;
import org.whonix2.rebuilder.process.Command;
import org.whonix2.rebuilder.process.Limits;
import org.whonix2.rebuilder.process.LogFile;
import org.whonix2.rebuilder.process.Outcome;
import org.whonix2.rebuilder.process.Programs;

/**
 * Does one {@link Work} in a {@link BuildRoot}. When {@link #build} returns, every process of the
 * build is dead, whatever it did, and its disk is gone; what is to be kept of it was copied out by
 * a process of ours after the last of its own had died.
 */
public final class Sandbox {
  static final String SOURCE_PATH = "/source";

  static final Set<PosixFilePermission> READABLE_FOLDER =
      PosixFilePermissions.fromString("rwxr-xr-x");

  static final Set<PosixFilePermission> READABLE_FILE =
      PosixFilePermissions.fromString("rw-r--r--");

  private static final Limits OURS = new Limits(Duration.ofMinutes(10), 1 << 20);

  /** Lays a fresh root over the layers, and its folders on the disk. */
  private static final String LAY =
      """
      set -eu
      umask 022
      lower=$1 upper=$2 work=$3 root=$4 disk=$5 user=$6 host=$7 path=$8 id=$9
      shift 9
      mount -t overlay overlay -o "userxattr,lowerdir=$lower,upperdir=$upper,workdir=$work" "$root"
      cd "$root"
      rm -f etc/hostname etc/hosts
      printf '%s\\n' "$host" >etc/hostname
      printf '127.0.0.1 localhost %s\\n::1 localhost\\n' "$host" >etc/hosts
      printf '%s:x:%s:%s::/nonexistent:/bin/sh\\n' "$user" "$id" "$id" >>etc/passwd
      printf '%s:x:%s:\\n' "$user" "$id" >>etc/group
      mkdir -p ".$path" ./source ./run/whonix2
      mkdir "$disk/build" "$disk/tmp" "$disk/vartmp" "$disk/calls"
      for file in compilers refused; do
        : >"$disk/calls/$file"
        chmod 666 "$disk/calls/$file"
      done
      chown "$id:$id" "$disk/build"
      chmod 700 "$disk/build"
      chmod 1777 "$disk/tmp" "$disk/vartmp"
      if [ "$1" = shuffled ]; then
        mkdir "$disk/shuffled"
        disorderfs --quiet --multi-user=yes --reverse-dirents=yes "$disk/build" "$disk/shuffled"
      fi
      """;

  /**
   * Plain files of the wanted names, copied as ours; whatever else stays behind. A file of two
   * names would be copied twice, beyond what the disk's size bounds.
   */
  private static final String COPY_OUT =
      """
      from=$1 to=$2
      shift 2
      cd "$from"
      find . -maxdepth 1 -type f -links 1 \\( "$@" \\) \
        -exec install --mode=644 --target-directory="$to" -- {} +
      """;

  private static final long MOST_CALLS_BYTES = 16 << 20;

  private final BuildRoot root;
  private final Path sources;
  private final Path results;
  private final BuildLimits limits;
  private final Optional<JobCompiler> compiler;

  private Sandbox(
      BuildRoot root,
      Path sources,
      Path results,
      BuildLimits limits,
      Optional<JobCompiler> compiler) {
    this.root = root;
    this.sources = sources;
    this.results = results;
    this.limits = limits;
    this.compiler = compiler;
  }

  /**
   * Readies a root for one build.
   *
   * @param sources the fetched source, in the job's folder; the build can read it only
   * @param results an empty folder in the job's, which gets what was built
   * @param compiler the only one that the build can call
   */
  public static Sandbox in(
      BuildRoot root, Path sources, Path results, BuildLimits limits, JobCompiler compiler)
      throws IOException {
    makeReadable(sources);
    return new Sandbox(root, sources, results, limits, Optional.of(compiler));
  }

  /** With whatever compilers the root's packages bring. */
  static Sandbox in(BuildRoot root, Path sources, Path results, BuildLimits limits)
      throws IOException {
    makeReadable(sources);
    return new Sandbox(root, sources, results, limits, Optional.empty());
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
   * Does the work.
   *
   * @return why it failed, if it did
   * @throws CommandException if this machine does not let us make a sandbox
   */
  public Optional<BuildFailure> build(
      Work work, Surroundings surroundings, Programs programs, LogFile log)
      throws IOException, CommandException, MalformedInputException {
    surroundings.checked();
    String name = "run-" + UUID.randomUUID().toString().substring(0, 8);
    JobFolder job = root.job();
    Path run = job.folder(name);
    List<Path> given = new ArrayList<>(List.of(results));
    Path added = run.resolve("added");
    for (String each : List.of("upper", "overlay", "root", "added")) {
      given.add(Files.createDirectory(run.resolve(each)));
    }
    Path disk = Files.createDirectory(run.resolve("disk"));
    List<Path> debs = Additions.fetch(surroundings, root, run.resolve("packages"));
    try (ControlGroup.Tried group = ControlGroup.forJob(job, limits);
        Namespaces namespaces =
            Namespaces.open(
                new Namespaces.Plan(
                    job,
                    given,
                    Optional.of(disk),
                    limits.diskBytes(root.ids()),
                    surroundings.shuffledFiles(),
                    group.made()),
                root.ids(),
                programs)) {
      List<Path> lower = new ArrayList<>(Additions.unpack(debs, added, namespaces, programs));
      lower.addAll(root.lower());
      ours(namespaces.joined(lay(namespaces, run, lower, surroundings)), programs, log);
      boolean swapped =
          compiler.isPresent() && swap(compiler.get(), run, namespaces, programs, log);
      BuildSteps steps =
          new BuildSteps(namespaces, group.made(), limits, root.ids(), surroundings, compiler, run);
      Optional<BuildFailure> failure = steps.run(sources, work, programs, log);
      if (swapped) {
        CompilerCalls calls = calls(namespaces, disk, programs, log);
        for (String line : calls.lines()) {
          log.line(line);
        }
        failure = judged(failure, calls);
      }
      if (failure.isEmpty()) {
        ours(namespaces.alone(copyOut(namespaces, disk, work)), programs, log);
      }
      return failure;
    }
  }

  /** Whether there is anything in the root now that notes calls. */
  private boolean swap(
      JobCompiler swapped, Path run, Namespaces namespaces, Programs programs, LogFile log)
      throws IOException {
    boolean asInstalled =
        swapped.regenerated().isEmpty() && swapped.toolchain().commands().isEmpty();
    if (asInstalled && root.isKnownToHoldNoOther(swapped.toolchain())) {
      return false;
    }
    CompilerSwap swap = CompilerSwap.prepare(swapped, limits, run);
    swap.in(namespaces, programs, log);
    if (asInstalled && !swap.changed()) {
      root.holdsNoOther(swapped.toolchain());
    }
    return swap.changed();
  }

  private Command copyOut(Namespaces namespaces, Path disk, Work work) {
    List<String> command = new ArrayList<>();
    command.addAll(List.of("prlimit", "--fsize=" + limits.fileBytes(), "--"));
    command.addAll(List.of("/bin/sh", "-c", COPY_OUT, "sh"));
    command.add(namespaces.seen(disk.resolve("build")));
    command.add(namespaces.seen(results));
    for (String name : work.results()) {
      if (!command.get(command.size() - 1).equals(namespaces.seen(results))) {
        command.add("-o");
      }
      command.addAll(List.of("-name", name));
    }
    return Command.of(command);
  }

  private static CompilerCalls calls(
      Namespaces namespaces, Path disk, Programs programs, LogFile log) throws IOException {
    return CompilerCalls.parse(
        noted(CompilerCalls.RAN, namespaces, disk, programs, log),
        noted(CompilerCalls.REFUSED, namespaces, disk, programs, log));
  }

  private static String noted(
      String name, Namespaces namespaces, Path disk, Programs programs, LogFile log)
      throws IOException {
    ByteArrayOutputStream noted = new ByteArrayOutputStream();
    String file = namespaces.seen(disk.resolve("calls").resolve(name));
    Command read = Command.of("head", "--bytes=" + MOST_CALLS_BYTES, "--", file);
    Outcome outcome =
        programs.run(
            namespaces.joined(read), new Limits(OURS.time(), MOST_CALLS_BYTES + 4096), noted, log);
    if (!outcome.succeeded()) {
      throw new IOException("what the build's compilers noted cannot be read");
    }
    return noted.toString(StandardCharsets.UTF_8);
  }

  /** A build that called another compiler failed, whatever it made of that. */
  private static Optional<BuildFailure> judged(
      Optional<BuildFailure> failure, CompilerCalls calls) {
    if (calls.refused().isEmpty()) {
      return failure;
    }
    return Optional.of(
        new BuildFailure(
            failure.map(BuildFailure::reason).orElse("building")
                + "; it called a compiler that is not the toolchain's: "
                + String.join(", ", calls.refused()),
            Optional.of("compiler")));
  }

  private static Command lay(
      Namespaces namespaces, Path run, List<Path> lower, Surroundings surroundings) {
    return Command.of(
        "/bin/sh",
        "-c",
        LAY,
        "sh",
        lower.stream().map(namespaces::seen).collect(Collectors.joining(":")),
        namespaces.seen(run.resolve("upper")),
        namespaces.seen(run.resolve("overlay")),
        namespaces.seen(run.resolve("root")),
        namespaces.seen(run.resolve("disk")),
        surroundings.user(),
        surroundings.host(),
        surroundings.buildPath(),
        Integer.toString(SubIds.BUILDER),
        surroundings.shuffledFiles() ? "shuffled" : "usual");
  }

  private static void ours(Command command, Programs programs, LogFile log) throws IOException {
    Outcome outcome = programs.run(command, OURS, log);
    if (!outcome.succeeded()) {
      throw new IOException(
          "the sandbox could not be laid out or read: " + String.join("; ", log.tail(3)));
    }
  }

  /** Opens a filter's file as the descriptor 9 that bubblewrap is told of. */
  static List<String> withFilter(String file) {
    return List.of("/bin/sh", "-c", "exec 9<\"$1\" && shift && exec \"$@\"", "sh", file);
  }

  /** Writes the builds' filter where a build's bubblewrap finds it; empty if none is known here. */
  static Optional<Path> writeFilter(Path folder) throws IOException {
    Optional<byte[]> filter = SystemCallFilter.forBuilds();
    if (filter.isEmpty()) {
      return Optional.empty();
    }
    Path file = folder.resolve("builds.bpf");
    AtomicFiles.replace(file, filter.get());
    Files.setPosixFilePermissions(file, READABLE_FILE);
    return Optional.of(file);
  }
}
