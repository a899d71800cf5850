/**
 * One rebuild from source to comparison: fetch and verify the source, make a root, build in it,
 * take the artifacts out, compare them with the archive's signed index.
 *
 * <p>It leaves in its output folder:
 *
 * <pre>
 * artifacts/*.deb   our copies of what was built; the hashes are those of these copies
 * *.buildinfo *.changes
 * prepare.log       what apt and mmdebstrap said
 * build.log         what the build printed
 * </pre>
 */
@NullMarked
package org.whonix2.rebuilder.rebuild;

import org.jspecify.annotations.NullMarked;
