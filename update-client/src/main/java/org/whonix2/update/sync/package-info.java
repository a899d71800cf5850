/** Fetches the logs of a policy into the store: everything, never one package's evidence. */
@NullMarked
package org.whonix2.update.sync;

import org.jspecify.annotations.NullMarked;
