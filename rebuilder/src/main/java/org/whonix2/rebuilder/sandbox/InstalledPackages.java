package org.whonix2.rebuilder.sandbox;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.TreeSet;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.artifact.Architecture;
import org.whonix2.core.artifact.PackageName;
import org.whonix2.core.artifact.PackageVersion;
import org.whonix2.core.deb822.Deb822;
import org.whonix2.core.digest.Sha256;

/**
 * The packages installed in a build root, as dpkg's status file says.
 *
 * <p>Their <b>environment digest</b> is the SHA-256 over one line for each, {@code name version
 * architecture\n} in UTF-8, sorted bytewise. All installed packages count, which is a superset of
 * the build dependencies: what merely stood there can change bits as well.
 */
public final class InstalledPackages {
  private final List<String> lines;

  private InstalledPackages(List<String> lines) {
    this.lines = lines;
  }

  /**
   * Reads a dpkg status file.
   *
   * @throws MalformedInputException if a package is neither installed nor removed but in between,
   *     or if none is installed
   */
  public static InstalledPackages parse(String status) throws MalformedInputException {
    TreeSet<String> lines = new TreeSet<>();
    for (Deb822 entry : Deb822.parseAll(status)) {
      PackageName name = PackageName.parse(entry.require("Package"));
      List<String> state = entry.words("Status");
      if (state.size() != 3) {
        throw new MalformedInputException(name + ": expected a Status of three words");
      }
      if (state.get(2).equals("config-files") || state.get(2).equals("not-installed")) {
        continue;
      }
      if (!state.get(2).equals("installed") || !state.get(1).equals("ok")) {
        throw new MalformedInputException(
            name
                + ": expected Status 'install ok installed', found '"
                + String.join(" ", state)
                + "'");
      }
      PackageVersion version = PackageVersion.parse(entry.require("Version"));
      Architecture architecture = Architecture.parse(entry.require("Architecture"));
      if (!lines.add(name + " " + version + " " + architecture + "\n")) {
        throw new MalformedInputException(name + " " + version + ": stands twice in the status");
      }
    }
    if (lines.isEmpty()) {
      throw new MalformedInputException("expected installed packages, found none");
    }
    // TreeSet orders by UTF-16 units, which for the ASCII of these fields is bytewise.
    return new InstalledPackages(List.copyOf(lines));
  }

  /**
   * Checks that these and no others are installed.
   *
   * @throws MalformedInputException if not, with the first difference
   */
  public void requireExactly(List<ExactPackage> expected) throws MalformedInputException {
    TreeSet<String> wanted = new TreeSet<>();
    expected.forEach(each -> wanted.add(each + "\n"));
    for (String line : wanted) {
      if (!lines.contains(line)) {
        throw new MalformedInputException("expected " + line.strip() + " installed, found it not");
      }
    }
    for (String line : lines) {
      if (!wanted.contains(line)) {
        throw new MalformedInputException("expected nothing else, found " + line.strip());
      }
    }
  }

  public int count() {
    return lines.size();
  }

  /** The environment digest. */
  public Sha256 digest() {
    return Sha256.of(String.join("", lines).getBytes(StandardCharsets.UTF_8));
  }
}
