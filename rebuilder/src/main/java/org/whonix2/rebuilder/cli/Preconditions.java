package org.whonix2.rebuilder.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.whonix2.io.cli.CommandException;
import org.whonix2.io.cli.ExitCode;
import org.whonix2.rebuilder.process.Programs;

/** What this machine must offer before a rebuild begins. */
final class Preconditions {
  /** Programs, and the Debian packages that bring them. */
  private static final Map<String, String> NEEDED = new LinkedHashMap<>();

  static {
    NEEDED.put("apt-get", "apt");
    NEEDED.put("dpkg", "dpkg");
    NEEDED.put("mmdebstrap", "mmdebstrap");
    NEEDED.put("bwrap", "bubblewrap");
    NEEDED.put("unshare", "util-linux");
    NEEDED.put("setpriv", "util-linux");
  }

  private Preconditions() {}

  static void check() throws CommandException, IOException {
    Set<String> missing = new LinkedHashSet<>();
    NEEDED.forEach(
        (program, debianPackage) -> {
          if (!Programs.isInstalled(program)) {
            missing.add(debianPackage);
          }
        });
    if (!missing.isEmpty()) {
      throw new CommandException(
          ExitCode.OUTSIDE_FAILED,
          "this machine lacks " + String.join(", ", missing),
          "apt-get install --no-install-recommends " + String.join(" ", missing));
    }
    if (!Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0)) {
      throw new CommandException(
          ExitCode.USAGE,
          "a rebuild makes a Debian root and namespaces, which here needs root",
          "run it with sudo; the build itself runs as an unprivileged user without a network");
    }
  }
}
