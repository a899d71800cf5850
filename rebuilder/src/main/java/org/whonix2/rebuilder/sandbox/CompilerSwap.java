package org.whonix2.rebuilder.sandbox;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.whonix2.io.files.AtomicFiles;
import org.whonix2.rebuilder.process.Command;
import org.whonix2.rebuilder.process.Limits;
import org.whonix2.rebuilder.process.LogFile;
import org.whonix2.rebuilder.process.Outcome;
import org.whonix2.rebuilder.process.Programs;
import org.whonix2.toolchain.CompilerCommand;
import org.whonix2.toolchain.PlanOutput;

/**
 * Puts a build's compiler into its root and takes all others away, as the last thing before the
 * build. It runs in the root itself, by the root's own programs: what a root holds can lead no
 * further than the root. All words that stand in the script are of forms that definitions and plans
 * are checked for, which mean nothing to a shell but as patterns.
 */
final class CompilerSwap {
  private static final Limits LIMITS = new Limits(Duration.ofMinutes(10), 1 << 20);

  /** Stands first in PATH where a toolchain has commands. */
  static final String BIN = "/opt/whonix2/bin";

  /** gcc's scripts for older standards: they call gcc by its name, whoever stands for it. */
  private static final List<String> SCRIPTS = List.of("/usr/bin/c89-gcc", "/usr/bin/c99-gcc");

  private static final String REFUSED = "programs of other compilers were taken away";
  private static final String BEHIND = "/opt/whonix2/called";

  private final JobCompiler compiler;
  private final BuildLimits limits;
  private final Path run;
  private final Path folder;
  private final StringBuilder script = new StringBuilder();
  private boolean changed = true;

  private CompilerSwap(JobCompiler compiler, BuildLimits limits, Path run) {
    this.compiler = compiler;
    this.limits = limits;
    this.run = run;
    this.folder = run.resolve("compiler");
  }

  /**
   * Writes down what is to be done.
   *
   * @param run the build's folder, in which the root is {@code root}
   */
  static CompilerSwap prepare(JobCompiler compiler, BuildLimits limits, Path run)
      throws IOException {
    CompilerSwap swap = new CompilerSwap(compiler, limits, run);
    Files.createDirectory(swap.folder);
    Files.setPosixFilePermissions(swap.folder, Sandbox.READABLE_FOLDER);
    swap.script.append("set -eu\numask 022\nrefused=0\n");
    swap.refuse();
    swap.place();
    swap.command();
    swap.script.append("echo \"$refused " + REFUSED + "\"\n");
    swap.write("swap.sh", swap.script.toString());
    return swap;
  }

  /**
   * Does it. The root's programs are whatever maintainer scripts left, so they can do no more than
   * write files of the root.
   */
  void in(Namespaces namespaces, Programs programs, LogFile log) throws IOException {
    List<String> bwrap = new ArrayList<>(List.of("bwrap"));
    bwrap.addAll(List.of("--bind", namespaces.seen(run.resolve("root")), "/"));
    bwrap.addAll(List.of("--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp"));
    bwrap.addAll(List.of("--ro-bind", namespaces.seen(folder), "/mnt"));
    compiler
        .regenerated()
        .ifPresent(
            each -> bwrap.addAll(List.of("--ro-bind", namespaces.seen(each.folder()), "/media")));
    bwrap.addAll(List.of("--unshare-net", "--unshare-ipc", "--unshare-pid", "--unshare-uts"));
    bwrap.addAll(List.of("--cap-drop", "ALL", "--cap-add", "CAP_DAC_OVERRIDE"));
    bwrap.addAll(List.of("--cap-add", "CAP_FOWNER", "--cap-add", "CAP_CHOWN"));
    Optional<Path> filter = Sandbox.writeFilter(run);
    if (filter.isPresent()) {
      bwrap.addAll(List.of("--seccomp", "9"));
    }
    bwrap.add("--");
    Command command =
        Command.of("/bin/sh", "/mnt/swap.sh").behind(limits.onEachProcess(true)).behind(bwrap);
    if (filter.isPresent()) {
      command = command.behind(Sandbox.withFilter(namespaces.seen(filter.get())));
    }
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    Outcome outcome = programs.run(namespaces.alone(command), LIMITS, said);
    log.write(said.toByteArray());
    if (!outcome.succeeded()) {
      throw new IOException(
          "the compiler could not be put into its root: " + String.join("; ", log.tail(3)));
    }
    changed =
        compiler.regenerated().isPresent()
            || !compiler.toolchain().commands().isEmpty()
            || !said.toString(StandardCharsets.UTF_8).strip().equals("0 " + REFUSED);
  }

  /** Whether the root is another one than its packages made it. */
  boolean changed() {
    return changed;
  }

  /**
   * Links are judged by where they lead, and replaced themselves. Where the compiler is regenerated
   * nothing of the packages' own is spared but what its files will replace.
   */
  private void refuse() throws IOException {
    List<String> globs = new ArrayList<>(compiler.toolchain().others());
    List<String> own = compiler.toolchain().own();
    List<String> spared = new ArrayList<>(SCRIPTS);
    spared.addAll(
        compiler
            .regenerated()
            .map(each -> each.files().stream().map(PlanOutput::path).toList())
            .orElse(own));
    if (compiler.regenerated().isPresent()) {
      globs.addAll(own);
    }
    if (globs.isEmpty()) {
      return;
    }
    write("refused", CompilerCalls.refusing(compiler.toolchain().name()));
    script.append("set --\nfor file in ").append(String.join(" ", globs)).append("; do\n");
    script.append("  if [ -f \"$file\" ] || [ -L \"$file\" ]; then set -- \"$@\" \"$file\"; fi\n");
    script.append("done\nfor file; do\n  resolved=$(realpath -m -- \"$file\")\n");
    script.append("  case $resolved in ").append(String.join("|", spared));
    script.append(") continue ;; esac\n");
    script.append("  cp -T --remove-destination /mnt/refused \"$file\"\n");
    script.append("  chmod 755 \"$file\"\n  refused=$((refused + 1))\ndone\n");
  }

  private void place() throws IOException {
    if (compiler.regenerated().isEmpty()) {
      return;
    }
    for (PlanOutput output : compiler.regenerated().get().files()) {
      String path = output.path();
      if (output.logged()) {
        String behind = BEHIND + "/" + output.file();
        install(output.mode(), "/media/" + output.file(), behind);
        write("called-" + output.file(), CompilerCalls.noting(behind));
        install("755", "/mnt/called-" + output.file(), path);
      } else {
        install(output.mode(), "/media/" + output.file(), path);
      }
    }
  }

  private void install(String mode, String from, String to) {
    script.append("install -D -T -m ").append(mode).append(' ').append(from).append(' ').append(to);
    script.append('\n');
  }

  private void command() throws IOException {
    int number = 0;
    for (CompilerCommand command : compiler.toolchain().commands()) {
      String file = "command-" + number++;
      write(file, CompilerCalls.noting(command));
      String first = BIN + "/" + command.names().get(0);
      install("755", "/mnt/" + file, first);
      String links =
          command.names().stream()
              .skip(1)
              .map(name -> "ln -fT " + first + " " + BIN + "/" + name + "\n")
              .collect(Collectors.joining());
      script.append(links);
    }
  }

  private void write(String name, String text) throws IOException {
    Path file = folder.resolve(name);
    AtomicFiles.replace(file, text.getBytes(StandardCharsets.UTF_8));
    Files.setPosixFilePermissions(file, Sandbox.READABLE_FILE);
  }
}
