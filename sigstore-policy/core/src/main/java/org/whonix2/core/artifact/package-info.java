/**
 * Debian binary packages as values: name, version, architecture, SHA-256 and size.
 *
 * <p>{@link org.whonix2.core.artifact.DebFile} reads one from its bytes (deb(5)): an ar archive of
 * exactly {@code debian-binary}, {@code control.tar[.gz|.xz|.zst]} and {@code data.tar[...]}, in
 * this order. What the control data inside says is what the package is; file names say nothing.
 */
@NullMarked
package org.whonix2.core.artifact;

import org.jspecify.annotations.NullMarked;
