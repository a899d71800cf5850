/**
 * Where a build runs: a fresh Debian root that mmdebstrap makes for this one job, and in it, by
 * bubblewrap, an unprivileged user without a network, with nothing to write to but the build folder
 * and two small temporary file systems.
 *
 * <p>A job is a folder below the state folder, with a lock beside it that its process holds:
 *
 * <pre>
 * jobs/.lock            held while a job is opened
 * jobs/&lt;id&gt;.lock
 * jobs/&lt;id&gt;/apt/      the apt root
 * jobs/&lt;id&gt;/source/   the source as it was fetched; read-only for the build
 * jobs/&lt;id&gt;/root/     the build root; read-only for the build
 * jobs/&lt;id&gt;/build/    the build folder, which the build sees as /build/reproducible-path
 * </pre>
 *
 * A job folder whose lock nobody holds was left by a process that was killed; the next job removes
 * it.
 */
@NullMarked
package org.whonix2.rebuilder.sandbox;

import org.jspecify.annotations.NullMarked;
