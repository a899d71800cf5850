package org.whonix2.core.dsse;

import org.whonix2.core.Base64Text;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.Quoted;

/**
 * Base64 in either alphabet (RFC 4648, sections 4 and 5): the standard one with padding, the
 * URL-safe one with or without. No stray bits, and not both alphabets in one text.
 */
final class Base64Member {
  private Base64Member() {}

  static String of(byte[] bytes) {
    return Base64Text.of(bytes);
  }

  static byte[] parse(String text) throws MalformedInputException {
    boolean standard = text.indexOf('+') >= 0 || text.indexOf('/') >= 0;
    boolean urlSafe = text.indexOf('-') >= 0 || text.indexOf('_') >= 0;
    int missing = -text.length() & 3;
    boolean halfPadded = missing > 0 && text.indexOf('=') >= 0;
    if (halfPadded || (standard && (urlSafe || missing > 0))) {
      throw malformed(text);
    }
    String padded = text.replace('-', '+').replace('_', '/') + "=".repeat(missing);
    return Base64Text.decode(padded).orElseThrow(() -> malformed(text));
  }

  private static MalformedInputException malformed(String text) {
    return new MalformedInputException(
        "expected canonical base64, all in one alphabet, found " + Quoted.of(text));
  }
}
