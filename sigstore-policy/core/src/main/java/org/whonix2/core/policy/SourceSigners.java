package org.whonix2.core.policy;

import org.whonix2.core.digest.Sha256;
import org.whonix2.core.openpgp.Keyring;

/**
 * Whose source packages count.
 *
 * @param keyring those who may have signed the source
 * @param sha256 of the keyring's file, pinned by the policy
 */
public record SourceSigners(Keyring keyring, Sha256 sha256) {}
