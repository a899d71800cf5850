package org.whonix2.toolchain;

import org.whonix2.core.artifact.PackageName;
import org.whonix2.core.artifact.PackageVersion;

/**
 * A Debian source that was tried with a toolchain.
 *
 * @param builds whether binary packages came out
 * @param note a sentence for people
 */
public record KnownSource(
    PackageName source, PackageVersion version, boolean builds, String note) {}
