/**
 * Debian's archive through apt itself, but from an apt root of our own: own lists, own sources, own
 * cache. Nothing of the machine's package state is read or changed; mirrors, keys and network
 * options are the machine's.
 *
 * <p>A root is a folder, {@code STATE/apt/SUITE/N}, which jobs use one after the other:
 *
 * <pre>
 * apt.conf         what APT_CONFIG names: where the rest is, hooks cleared
 * machine.sources  the machine's mirrors for the suite, as deb and deb-src, in deb822 format
 * lists/ cache/ state/ preferences.d/ status
 * </pre>
 */
@NullMarked
package org.whonix2.rebuilder.apt;

import org.jspecify.annotations.NullMarked;
