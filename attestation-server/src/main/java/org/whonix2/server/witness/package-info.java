/**
 * A witness (C2SP tlog-witness): it cosigns a log's checkpoint if that extends the one it cosigned
 * before, and keeps it on disk before it answers. For each log, the newest lies in the state
 * folder:
 *
 * <pre>
 * witness/6c4f…e2.checkpoint     named by the SHA-256 of the log's origin
 *
 * POST /add-checkpoint           200 — w1.example.org jWbPPwAAAABkGFDL…
 * GET /6c4f…e2/checkpoint        200 the checkpoint with the log's signature and the witness's
 * </pre>
 */
@NullMarked
package org.whonix2.server.witness;

import org.jspecify.annotations.NullMarked;
