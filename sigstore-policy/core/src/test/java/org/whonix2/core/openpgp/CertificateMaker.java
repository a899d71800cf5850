package org.whonix2.core.openpgp;

import java.time.Instant;

/** A program that makes keys: gpg or sq. */
interface CertificateMaker {
  String tool();

  /**
   * Makes a primary key that certifies and a subkey that signs.
   *
   * @param days until both expire; 0: never
   * @return how the other methods call it
   */
  String key(String name, int days) throws Exception;

  Certificate certificate(String key) throws Exception;

  byte[] sign(String key, Instant time, byte[] message) throws Exception;

  /** The certificate with its revocation. */
  Certificate revoked(String key, Instant time, GnuPg.Reason reason) throws Exception;

  /** The certificate, or as much of it as the tool gives, with a revocation of that subkey. */
  Certificate subkeyRevoked(String key, Fingerprint subkey, Instant time, GnuPg.Reason reason)
      throws Exception;
}
