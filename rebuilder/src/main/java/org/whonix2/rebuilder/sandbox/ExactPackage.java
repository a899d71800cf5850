package org.whonix2.rebuilder.sandbox;

import org.whonix2.core.artifact.Architecture;
import org.whonix2.core.artifact.PackageName;
import org.whonix2.core.artifact.PackageVersion;

/** One package of a build root, in one version. */
public record ExactPackage(PackageName name, PackageVersion version, Architecture architecture) {
  /** As apt's command line names it. */
  String forApt(Architecture own) {
    boolean foreign = !architecture.equals(own) && !architecture.value().equals("all");
    return name + (foreign ? ":" + architecture : "") + "=" + version;
  }

  /** As the environment digest takes it: {@code name version architecture}. */
  @Override
  public String toString() {
    return name + " " + version + " " + architecture;
  }
}
