/**
 * A rebuild's result made into a signed statement: the rebuilder's key, its sequence numbers, and
 * the machine it runs on.
 *
 * <p>A key is a folder with {@code certificate.asc}, for everybody, and {@code secret.asc}, mode
 * 0600. Below the state folder, {@code sequence/<fingerprint>} holds the last number that was given
 * out, in decimal digits and a line feed. It is written and on disk before the number is signed, so
 * numbers may be skipped but are never used twice. A key must therefore be used with one state
 * folder only.
 */
@NullMarked
package org.whonix2.rebuilder.attest;

import org.jspecify.annotations.NullMarked;
