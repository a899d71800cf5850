/**
 * Attacks, as docs/attacks.md lists them, against the real commands: by the log, a mirror, a
 * witness, a rebuilder, an old policy, the clock, the disk. Each is first shown to succeed with the
 * defence switched off.
 */
@NullMarked
package org.whonix2.update.attack;

import org.jspecify.annotations.NullMarked;
