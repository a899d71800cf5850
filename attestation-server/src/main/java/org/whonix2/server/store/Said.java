package org.whonix2.server.store;

import org.whonix2.core.openpgp.Fingerprint;
import org.whonix2.core.statement.Statement;

/**
 * What an entry says, and who says it.
 *
 * @param signer primary fingerprint of the certificate that verified it when it was taken in
 */
public record Said(Fingerprint signer, Statement statement) {}
