/**
 * Who has to agree: {@link org.whonix2.core.quorum.Group}s of named members, k of n, nested. A name
 * stands once in a whole tree, so nobody is counted twice. Witnesses, rebuilders' operators,
 * maintainers and reviewers are all asked in this way.
 */
@NullMarked
package org.whonix2.core.quorum;

import org.jspecify.annotations.NullMarked;
