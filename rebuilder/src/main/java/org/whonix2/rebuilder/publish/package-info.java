/**
 * Attestations on their way into the log: {@code POST /api/v1/attestations} with the envelope,
 * answered with {@code {"index": 7, "proof": "<tlog-proof>"}}. The proof is kept beside the
 * attestation in {@code attestation.tlog-proof}. Then the files that it names and the server lacks:
 * {@code HEAD} and {@code PUT /api/v1/blobs/SHA256}.
 */
@NullMarked
package org.whonix2.rebuilder.publish;

import org.jspecify.annotations.NullMarked;
