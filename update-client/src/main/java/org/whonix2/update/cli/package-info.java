/** The command line of {@code whonix2-update}. */
@NullMarked
package org.whonix2.update.cli;

import org.jspecify.annotations.NullMarked;
