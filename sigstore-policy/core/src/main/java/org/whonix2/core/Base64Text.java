package org.whonix2.core;

import java.util.Base64;
import java.util.Optional;

/**
 * Standard base64 (RFC 4648, section 4) of which only the one canonical text of some bytes is read:
 * with padding, without line breaks, stray bits or anything else.
 */
public final class Base64Text {
  private Base64Text() {}

  /** The text of these bytes. */
  public static String of(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }

  /** The bytes of this text; an error quotes it. */
  public static byte[] parse(String text) throws MalformedInputException {
    return decode(text)
        .orElseThrow(
            () ->
                new MalformedInputException("expected canonical base64, found " + Quoted.of(text)));
  }

  /** The bytes of a text that may be secret; none if it is not the canonical text of any. */
  public static Optional<byte[]> decode(String text) {
    byte[] bytes;
    try {
      bytes = Base64.getDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
    // The decoder forgives missing padding and trailing bits: one value would have several texts.
    return of(bytes).equals(text) ? Optional.of(bytes) : Optional.empty();
  }
}
