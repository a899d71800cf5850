/**
 * Long work made visible: bars and spinners on a terminal, plain lines elsewhere, nothing in JSON.
 */
@NullMarked
package org.whonix2.io.progress;

import org.jspecify.annotations.NullMarked;
