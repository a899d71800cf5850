package org.whonix2.rebuilder.process;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What to run: arguments, the whole environment, and where.
 *
 * @param arguments program and arguments, at least the program
 * @param environment all the variables that the program sees; nothing is inherited
 */
public record Command(List<String> arguments, Map<String, String> environment, Path folder) {
  private static final Path ROOT = Path.of("/");

  public Command {
    if (arguments.isEmpty()) {
      throw new IllegalStateException("a command without a program");
    }
    arguments = List.copyOf(arguments);
    environment = Map.copyOf(environment);
  }

  /** A command in the root folder with nothing but a fixed path and locale in its environment. */
  public static Command of(List<String> arguments) {
    return new Command(
        arguments,
        Map.of(
            "PATH",
            "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "LC_ALL",
            "C.UTF-8"),
        ROOT);
  }

  public static Command of(String... arguments) {
    return of(List.of(arguments));
  }

  public Command in(Path workingFolder) {
    return new Command(arguments, environment, workingFolder);
  }

  public Command with(Map<String, String> more) {
    Map<String, String> all = new TreeMap<>(environment);
    all.putAll(more);
    return new Command(arguments, all, folder);
  }

  /** This command as the last arguments of another one. */
  public Command behind(List<String> wrapper) {
    List<String> all = new ArrayList<>(wrapper);
    all.addAll(arguments);
    return new Command(all, environment, folder);
  }

  String program() {
    return arguments.get(0);
  }

  /**
   * This command with mounts and processes of its own: when it has ended, every process that it
   * began is dead.
   */
  public Command alone() {
    return behind(
        List.of(
            "unshare",
            "--mount",
            "--propagation",
            "private",
            "--pid",
            "--fork",
            "--kill-child",
            "--mount-proc",
            "--"));
  }
}
