package org.whonix2.core.openpgp;

import java.time.Instant;

/** What a certificate says about a signature. */
public sealed interface SignatureResult {
  /**
   * The signature counts.
   *
   * @param signingKey the primary key or subkey that made it
   * @param claimedTime when it says it was made; whoever holds the key can write what he likes
   */
  record Good(Fingerprint signingKey, Instant claimedTime) implements SignatureResult {}

  /**
   * The signature does not count.
   *
   * @param reason the cause, in one lower-case sentence
   */
  record Bad(String reason) implements SignatureResult {}
}
