package org.whonix2.core.statement;

import org.whonix2.core.artifact.Architecture;
import org.whonix2.core.digest.Sha256;

/**
 * What two rebuilds must share for their bits to be comparable. Compiler root, platform and
 * environment are not in it: they may vary while the bits must not.
 *
 * @param source digest of the .dsc, or of the archive that a tree in Git makes
 * @param toolchain digest of its definition
 * @param profile Debian build profiles, empty for none
 * @param binaries which of the source's packages were built
 */
public record RebuildId(
    Sha256 source,
    Architecture architecture,
    Sha256 toolchain,
    String profile,
    Binaries binaries) {}
