package org.whonix2.toolchain;

import org.whonix2.core.artifact.PackageName;
import org.whonix2.core.artifact.PackageVersion;

/**
 * A Debian source package that a plan compiles.
 *
 * @param upstream whether it is taken as upstream made it, without what Debian changes
 */
public record PlanSource(PackageName name, PackageVersion version, boolean upstream) {}
