/**
 * An OpenPGP key in a folder of its own: {@code certificate.asc}, for everybody, and {@code
 * secret.asc}, mode 0600, which never leaves the machine.
 */
@NullMarked
package org.whonix2.io.keys;

import org.jspecify.annotations.NullMarked;
