package org.whonix2.core.statement;

import org.whonix2.core.artifact.PackageName;
import org.whonix2.core.artifact.PackageVersion;
import org.whonix2.core.digest.Sha256;

/**
 * A Debian source package.
 *
 * @param dsc digest of its .dsc, which names every other file by digest
 */
public record SourcePackage(PackageName name, PackageVersion version, Sha256 dsc) {
  /** The name of its .dsc. */
  public String dscName() {
    return name + "_" + version.withoutEpoch() + ".dsc";
  }
}
