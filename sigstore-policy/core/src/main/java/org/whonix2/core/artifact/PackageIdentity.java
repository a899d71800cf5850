package org.whonix2.core.artifact;

/** What a binary package says it is. */
public record PackageIdentity(PackageName name, PackageVersion version, Architecture architecture) {
  /** The file name that Debian gives such a package. */
  public String fileName() {
    return name + "_" + version.withoutEpoch() + "_" + architecture + ".deb";
  }

  @Override
  public String toString() {
    return name + " " + version + " " + architecture;
  }
}
