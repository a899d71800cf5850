/**
 * The trust core: bytes, keys and an {@link java.time.Instant} go in, values come out.
 *
 * <p>No class below this package reads a clock, a file or a socket, or logs. Hostile input is
 * answered with {@link org.whonix2.core.MalformedInputException} and with nothing else.
 */
@NullMarked
package org.whonix2.core;

import org.jspecify.annotations.NullMarked;
