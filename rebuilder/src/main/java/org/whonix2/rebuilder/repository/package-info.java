/**
 * A signed apt repository of attested packages: what a box installs variants from.
 *
 * <pre>
 * dists/SUITE/InRelease Release Release.gpg    signed by the repository's key
 * dists/SUITE/main/binary-ARCH/Packages[.gz|.xz]
 * dists/SUITE/main/binary-ARCH/by-hash/SHA256/…
 * pool/SUITE/main/n/net-tools/net-tools_2.10-0.1_amd64.deb    prefix and folder as the source's name
 * attestations/SUITE/SHA256.json    the envelopes that name what is in the pool, by their digest
 * repository-key.pgp    the certificate, binary, for apt's Signed-By
 * .lock .new            one writer at a time, and what it has not published
 * </pre>
 *
 * <p>Nothing is believed because it is there already: each run verifies every kept envelope and
 * reads every package of the pool again, new or not. So the pool holds only what a rebuilder
 * attested whose certificate was given to the newest run. Indices are apt-ftparchive's, and
 * compared with what was verified before they are signed.
 *
 * <p>A run that refuses anything has changed nothing. One that publishes puts packages in place
 * before the indices that name them, indices under their hashes before the Release files that name
 * those, and keeps what the Release files before named for a day: a reader sees the old repository
 * or the new one.
 */
@NullMarked
package org.whonix2.rebuilder.repository;

import org.jspecify.annotations.NullMarked;
