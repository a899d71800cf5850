/**
 * What a difference between two packages looks like, for people: it never decides over agreement.
 *
 * <p>Packages are read side by side, file by file, within limits. Two things change in a program
 * whenever its debug information does, though it does the same: the note {@code .note.gnu.build-id}
 * and the section {@code .gnu_debuglink}, which names the file of the debug information by it. A
 * package that differs in nothing else is named as such. {@code diffoscope} then says what else
 * differs, as far as it is installed.
 */
@NullMarked
package org.whonix2.rebuilder.difference;

import org.jspecify.annotations.NullMarked;
