/**
 * {@code whonix2-rebuilder}: commands that parse, call, print and give an exit code.
 *
 * <p>Exit codes of {@code rebuild}: 0 the source was rebuilt, whether or not its bits are the
 * archive's (the comparison says which); 1 its build failed; 2 wrong usage, or the suite has no
 * such source; 5 the outside failed: mirror, network, disk, a missing program.
 */
@NullMarked
package org.whonix2.rebuilder.cli;

import org.jspecify.annotations.NullMarked;
