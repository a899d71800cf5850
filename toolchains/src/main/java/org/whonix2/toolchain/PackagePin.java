package org.whonix2.toolchain;

import java.util.List;
import org.whonix2.core.artifact.PackageName;
import org.whonix2.core.artifact.PackageVersion;

/**
 * A Debian package of a toolchain.
 *
 * @param versions the exact ones that are this toolchain; none: any
 */
public record PackagePin(PackageName name, List<PackageVersion> versions) {
  public PackagePin {
    versions = List.copyOf(versions);
  }

  /** Whether this version of the package is the toolchain's. */
  public boolean allows(PackageVersion version) {
    return versions.isEmpty() || versions.contains(version);
  }
}
