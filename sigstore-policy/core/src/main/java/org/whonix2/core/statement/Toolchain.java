package org.whonix2.core.statement;

import org.whonix2.core.digest.Sha256;

/**
 * A toolchain by name and by the digest of its definition.
 *
 * @param name the hash class of what it builds, such as {@code gcc-12}
 */
public record Toolchain(String name, Sha256 digest) {}
