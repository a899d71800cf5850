package org.whonix2.core.statement;

import org.whonix2.core.MalformedInputException;
import org.whonix2.core.openpgp.Fingerprint;

/** An OpenPGP key as a URI: {@code openpgp4fpr:} and its primary fingerprint in lower case. */
final class KeyUri {
  private static final String SCHEME = "openpgp4fpr:";

  private KeyUri() {}

  static String of(Fingerprint fingerprint) {
    return SCHEME + fingerprint;
  }

  static Fingerprint parse(String uri) throws MalformedInputException {
    if (!uri.startsWith(SCHEME)) {
      throw new MalformedInputException("expected " + SCHEME + " and a fingerprint");
    }
    Fingerprint fingerprint = Fingerprint.parse(uri.substring(SCHEME.length()));
    if (!uri.equals(of(fingerprint))) {
      throw new MalformedInputException("expected the fingerprint in lower case");
    }
    return fingerprint;
  }
}
