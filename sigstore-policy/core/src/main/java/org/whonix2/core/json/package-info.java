/**
 * JSON read strictly: bounded, no duplicate members, nothing behind the end, and no member that the
 * reader did not ask for.
 */
@NullMarked
package org.whonix2.core.json;

import org.jspecify.annotations.NullMarked;
