package org.whonix2.rebuilder.apt;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.Quoted;
import org.whonix2.core.artifact.Architecture;
import org.whonix2.core.artifact.PackageIdentity;
import org.whonix2.core.artifact.PackageName;
import org.whonix2.core.artifact.PackageVersion;

/**
 * What {@code apt-get --simulate} says that it would do.
 *
 * @param installed packages that come, or come in another version, in apt's order
 * @param removed packages that go, by name, with {@code :architecture} if it is a foreign one
 */
public record Simulation(List<PackageIdentity> installed, List<String> removed) {
  /** {@code Inst name [old version] (version origin [architecture])}. */
  private static final Pattern INSTALL =
      Pattern.compile(
          "Inst ([a-z0-9][a-z0-9.+-]*)(?::[a-z0-9-]+)?(?: \\[\\S+\\])? \\((\\S+) .*"
              + "\\[([a-z0-9-]+)\\]\\).*");

  private static final Pattern REMOVE = Pattern.compile("Remv ([a-z0-9][a-z0-9.+:-]*) .*");

  public Simulation {
    installed = List.copyOf(installed);
    removed = List.copyOf(removed);
  }

  /**
   * Reads what apt printed.
   *
   * @throws MalformedInputException if a line that begins as one of these does not go on so
   */
  public static Simulation parse(String text) throws MalformedInputException {
    List<PackageIdentity> installed = new ArrayList<>();
    List<String> removed = new ArrayList<>();
    for (String line : text.lines().toList()) {
      Matcher install = INSTALL.matcher(line);
      Matcher remove = REMOVE.matcher(line);
      if (install.matches()) {
        installed.add(
            new PackageIdentity(
                PackageName.parse(install.group(1)),
                PackageVersion.parse(install.group(2)),
                Architecture.parse(install.group(3))));
      } else if (remove.matches()) {
        removed.add(remove.group(1));
      } else if (line.startsWith("Inst ") || line.startsWith("Remv ")) {
        throw new MalformedInputException(
            "expected a line of apt's simulation, found " + Quoted.of(line));
      }
    }
    return new Simulation(installed, removed);
  }
}
