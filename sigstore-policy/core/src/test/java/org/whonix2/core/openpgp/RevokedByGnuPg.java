package org.whonix2.core.openpgp;

import java.nio.charset.StandardCharsets;
import java.time.Instant;

/** For tests of other packages: one of our keys, revoked by the real gpg. */
public final class RevokedByGnuPg {
  private RevokedByGnuPg() {}

  /** As if its owner had lost it: nothing that it ever signed counts. */
  public static Certificate compromised(SecretKey key, Instant at) throws Exception {
    return revoked(key, at, GnuPg.Reason.COMPROMISED);
  }

  /** As if its owner had another one now. */
  public static Certificate superseded(SecretKey key, Instant at) throws Exception {
    return revoked(key, at, GnuPg.Reason.SUPERSEDED);
  }

  private static Certificate revoked(SecretKey key, Instant at, GnuPg.Reason reason)
      throws Exception {
    GnuPg gpg = new GnuPg();
    try {
      gpg.at(at, key.toArmored().getBytes(StandardCharsets.US_ASCII), "--import");
      String fingerprint = key.certificate().fingerprint().toString();
      gpg.revoke(at, fingerprint, reason);
      return gpg.certificate(fingerprint);
    } finally {
      gpg.remove();
    }
  }
}
