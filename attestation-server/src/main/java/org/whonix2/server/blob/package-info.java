/**
 * Files that logged entries name by digest: artifacts, logs and .buildinfo files of rebuilds, lists
 * and vectors of snapshots. Nothing else is taken, and nobody need be asked who sends it, as there
 * is one content for a digest.
 *
 * <pre>
 * blobs/9f/9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
 * blobs/arriving/3f0c….part      what is not yet whole
 *
 * PUT /api/v1/blobs/9f86…        201, 204 if it was there, 404 no entry names it
 * </pre>
 *
 * A blob is charged to the first of those who name it that has room; artifacts take half of it at
 * most. It is kept as long as an entry names it that is young enough, or the newest snapshot of a
 * series, or a signer's newest attestation of a rebuild.
 */
@NullMarked
package org.whonix2.server.blob;

import org.jspecify.annotations.NullMarked;
