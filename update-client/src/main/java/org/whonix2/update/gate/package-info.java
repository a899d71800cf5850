/**
 * The gates as seen from Java: programs in perl that the package whonix2-update installs below
 * {@code /usr/lib/whonix2}, because a gate must work while the JRE is being replaced.
 *
 * <p>{@code gate} is what apt and dpkg ask, {@code gate-setup install|remove|status} puts it in
 * place and says how it stands. Their sources are in {@code update-client/src/gate}.
 */
@NullMarked
package org.whonix2.update.gate;

import org.jspecify.annotations.NullMarked;
