/**
 * A rebuild's result made into a signed statement: the rebuilder's key, its sequence numbers, and
 * the machine it runs on.
 *
 * <p>A key is a folder with {@code certificate.asc}, for everybody, and {@code secret.asc}, mode
 * 0600. Beside them, {@code sequence/<fingerprint>} holds the last number that was given out, in
 * decimal digits and a line feed. It is written and on disk before the number is signed, so numbers
 * may be skipped but are never used twice. Whoever copies a key to a second machine has two
 * counters, and will equivocate.
 */
@NullMarked
package org.whonix2.rebuilder.attest;

import org.jspecify.annotations.NullMarked;
