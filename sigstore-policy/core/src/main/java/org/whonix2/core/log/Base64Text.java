package org.whonix2.core.log;

import java.util.Base64;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.Quoted;
import org.whonix2.core.digest.Sha256;

/**
 * Standard base64 (RFC 4648, section 4) of which only the one canonical text of some bytes is read:
 * with padding, without line breaks, stray bits or anything else.
 */
final class Base64Text {
  private Base64Text() {}

  static String of(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }

  static String of(Sha256 hash) {
    return of(hash.toByteArray());
  }

  static byte[] parse(String text) throws MalformedInputException {
    byte[] bytes;
    try {
      bytes = Base64.getDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      throw new MalformedInputException("expected base64, found " + Quoted.of(text), e);
    }
    // The decoder forgives missing padding and trailing bits: one value would have several texts.
    if (!of(bytes).equals(text)) {
      throw new MalformedInputException("expected canonical base64, found " + Quoted.of(text));
    }
    return bytes;
  }

  static Sha256 hash(String text) throws MalformedInputException {
    return Sha256.ofDigest(parse(text));
  }
}
