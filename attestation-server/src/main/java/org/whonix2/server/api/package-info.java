/**
 * The log over HTTP: submissions and look-ups in JSON, checkpoint, tiles and entries as C2SP
 * tlog-tiles has them. {@code openapi.yaml} beside these classes describes exactly these routes,
 * and the server serves it.
 *
 * <pre>
 * POST /api/v1/attestations       201 {"index":3,"proof":"c2sp.org/tlog-proof@v1\nindex 3\n…"}
 * GET /api/v1/packages/xz-utils   200 {"size":4,"source":"xz-utils","versions":[{"version":"5.4.1-1","first":2}]}
 * GET /api/v1/rebuilders          200 {"log":"log.example.org/bookworm","serial":1,"rebuilders":[…]}
 * GET /checkpoint                 200 log.example.org/bookworm\n4\n…
 * GET /tile/entries/000.p/4       200 the four entries
 * </pre>
 */
@NullMarked
package org.whonix2.server.api;

import org.jspecify.annotations.NullMarked;
