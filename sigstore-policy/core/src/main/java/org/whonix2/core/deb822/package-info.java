/**
 * Debian's control syntax, deb822(5): paragraphs of {@code Field: value} lines, separated by empty
 * lines, with continuation lines that begin with a space or a tab.
 */
@NullMarked
package org.whonix2.core.deb822;

import org.jspecify.annotations.NullMarked;
