/**
 * Where a build runs: a Debian root of one or two cached layers with a fresh overlay for this one
 * build, in a user namespace whose users are nobody on this machine; in it, by bubblewrap, an
 * unprivileged user without a network, behind a system call filter, in a control group, with
 * nothing to write to but its build folder and temporary folders on a disk of a limited size.
 *
 * <p>A job is a folder below the state folder, with a lock beside it that its process holds:
 *
 * <pre>
 * jobs/.lock                 held while a job is opened
 * jobs/&lt;id&gt;.lock
 * jobs/&lt;id&gt;/source/        the source as it was fetched; read-only for the build
 * jobs/&lt;id&gt;/run-&lt;id&gt;/      one build: upper/ and overlay/ of its root, root/ and disk/ to mount on
 * jobs/&lt;id&gt;/build/         what was copied out of the build folder when all its processes were dead
 * </pre>
 *
 * A job folder whose lock nobody holds was left by a process that was killed; the next job removes
 * it. Mounts and loop devices are gone with the last process of a sandbox.
 *
 * <p>The cache of layers, which a job enters by one rename and leaves by another:
 *
 * <pre>
 * roots/.lock                one byte of it locked for each layer that somebody uses
 * roots/&lt;key&gt;/root/        the layer; its files belong to the sub-ids
 * roots/&lt;key&gt;/status       dpkg's status in a root of it
 * roots/&lt;key&gt;/manifest     what it is, and the state of its files when it was made
 * roots/plans/&lt;digest&gt;     which layers these lists, packages and this .dsc or debian/control led to
 * </pre>
 *
 * A layer's key is the SHA-256 over suite, architecture, the layer below and all packages with
 * version and architecture.
 */
@NullMarked
package org.whonix2.rebuilder.sandbox;

import org.jspecify.annotations.NullMarked;
