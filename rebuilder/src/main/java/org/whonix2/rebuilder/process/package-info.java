/**
 * Other programs, run by argument lists: with a deadline, a limit on what they may print, and an
 * end together with us. Nothing here ever goes through a shell.
 */
@NullMarked
package org.whonix2.rebuilder.process;

import org.jspecify.annotations.NullMarked;
