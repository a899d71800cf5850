/** What every command line of ours does alike: exit codes, the two error lines, the version. */
@NullMarked
package org.whonix2.io.cli;

import org.jspecify.annotations.NullMarked;
