package org.whonix2.core.openpgp;

/**
 * Why a key was revoked (RFC 9580, section 5.2.3.31).
 *
 * @param hard whether it casts doubt on what the key did before; a soft one only ends the key
 * @param text for messages
 */
record RevocationReason(boolean hard, String text) {
  /** What cannot be read, or was not said, may be the worst. */
  static final RevocationReason NONE = new RevocationReason(true, "no reason given");

  static RevocationReason of(int code) {
    return switch (code) {
      case 0 -> NONE;
      case 1 -> new RevocationReason(false, "key superseded");
      case 2 -> new RevocationReason(true, "key material compromised");
      case 3 -> new RevocationReason(false, "key retired");
      case 32 -> new RevocationReason(false, "user id no longer valid");
      default -> new RevocationReason(true, "unknown reason " + code);
    };
  }
}
