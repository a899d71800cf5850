/** Files that are replaced whole or not at all, and reads that have a limit. */
@NullMarked
package org.whonix2.io.files;

import org.jspecify.annotations.NullMarked;
