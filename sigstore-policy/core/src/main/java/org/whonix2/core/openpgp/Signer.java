package org.whonix2.core.openpgp;

import java.time.Instant;

/**
 * Who signed a document, by a certificate that somebody's keyring has.
 *
 * @param certificate the primary key's fingerprint
 * @param signingKey the primary key or subkey that made the signature
 * @param claimedTime when it says it was made
 */
public record Signer(Fingerprint certificate, Fingerprint signingKey, Instant claimedTime) {}
