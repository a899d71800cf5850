/**
 * What must hold before anything is stored: the body is a DSSE envelope in our form, a certificate
 * of the roster verifies its one signature now, and the payload is a rebuild attestation or a
 * rebuild failure about the signer's own work. Both stand under the same checks.
 */
@NullMarked
package org.whonix2.server.admission;

import org.jspecify.annotations.NullMarked;
