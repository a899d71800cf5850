/** OpenPGP certificates and detached signatures. */
@NullMarked
package org.whonix2.core.openpgp;

import org.jspecify.annotations.NullMarked;
