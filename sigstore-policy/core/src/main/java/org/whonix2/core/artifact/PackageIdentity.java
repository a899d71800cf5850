package org.whonix2.core.artifact;

import org.whonix2.core.MalformedInputException;
import org.whonix2.core.deb822.Deb822;

/** What a binary package says it is. */
public record PackageIdentity(PackageName name, PackageVersion version, Architecture architecture) {
  /** What the fields Package, Version and Architecture of a binary package's paragraph say. */
  public static PackageIdentity of(Deb822 paragraph) throws MalformedInputException {
    return new PackageIdentity(
        PackageName.parse(paragraph.require("Package")),
        PackageVersion.parse(paragraph.require("Version")),
        Architecture.parse(paragraph.require("Architecture")));
  }

  /** Whether both are one package for one architecture, in whatever versions. */
  public boolean isOfSamePackage(PackageIdentity other) {
    return name.equals(other.name) && architecture.equals(other.architecture);
  }

  /** The file name that Debian gives such a package. */
  public String fileName() {
    return name + "_" + version.withoutEpoch() + "_" + architecture + ".deb";
  }

  @Override
  public String toString() {
    return name + " " + version + " " + architecture;
  }
}
