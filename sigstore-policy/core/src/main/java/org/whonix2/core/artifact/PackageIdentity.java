package org.whonix2.core.artifact;

import java.util.List;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.deb822.Deb822;

/** What a binary package says it is. */
public record PackageIdentity(PackageName name, PackageVersion version, Architecture architecture) {
  /** Fields of old that dpkg still takes for the version's revision, whatever Version says. */
  private static final List<String> REVISIONS =
      List.of("Revision", "Package-Revision", "Package_Revision");

  /**
   * What the fields Package, Version and Architecture of a binary package's paragraph say.
   *
   * @throws MalformedInputException also where dpkg would read another version
   */
  public static PackageIdentity of(Deb822 paragraph) throws MalformedInputException {
    for (String field : REVISIONS) {
      if (paragraph.get(field).isPresent()) {
        throw new MalformedInputException(
            "expected the revision in the field Version only, found a field " + field);
      }
    }
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
