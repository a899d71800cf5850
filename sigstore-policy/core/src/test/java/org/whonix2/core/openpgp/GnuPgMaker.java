package org.whonix2.core.openpgp;

import java.time.Instant;

/** Certificates by gpg. */
record GnuPgMaker(GnuPg gpg, Instant made) implements CertificateMaker {
  @Override
  public String tool() {
    return "gpg";
  }

  @Override
  public String key(String name, int days) throws Exception {
    String expires = days == 0 ? "never" : days + "d";
    String key = gpg.primary(made, name, "ed25519", expires);
    gpg.signingSubkey(made, key, "ed25519", expires);
    return key;
  }

  @Override
  public Certificate certificate(String key) throws Exception {
    return gpg.certificate(key);
  }

  @Override
  public byte[] sign(String key, Instant time, byte[] message) throws Exception {
    return gpg.sign(time, key, message);
  }

  @Override
  public Certificate revoked(String key, Instant time, GnuPg.Reason reason) throws Exception {
    gpg.revoke(time, key, reason);
    return gpg.certificate(key);
  }

  /** It has one subkey. */
  @Override
  public Certificate subkeyRevoked(
      String key, Fingerprint subkey, Instant time, GnuPg.Reason reason) throws Exception {
    gpg.revokeSubkey(time, key, reason);
    return gpg.certificate(key);
  }
}
