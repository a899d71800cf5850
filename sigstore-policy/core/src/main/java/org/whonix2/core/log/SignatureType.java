package org.whonix2.core.log;

/** The signature types of C2SP signed-note that we use. */
public enum SignatureType {
  /** Ed25519 over the note's text: what logs sign with. */
  ED25519(0x01),
  /** Timestamped Ed25519 over a checkpoint (cosignature/v1): what witnesses sign with. */
  COSIGNATURE(0x04);

  private final byte identifier;

  SignatureType(int identifier) {
    this.identifier = (byte) identifier;
  }

  byte identifier() {
    return identifier;
  }
}
