/** SHA-256 digests as values: 32 bytes, written as 64 lower-case hexadecimal digits. */
@NullMarked
package org.whonix2.core.digest;

import org.jspecify.annotations.NullMarked;
