package org.whonix2.core.dsse;

import org.apache.commons.codec.CodecPolicy;
import org.apache.commons.codec.binary.Base64;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.Quoted;

/**
 * Base64 in either alphabet (RFC 4648, sections 4 and 5), of which one text is read for a value.
 */
final class Base64Member {
  private static final Base64 STANDARD =
      Base64.builder()
          .setDecodingPolicy(CodecPolicy.STRICT)
          .setDecodeTableFormat(Base64.DecodeTableFormat.STANDARD)
          .setLineLength(0)
          .get();

  /** Commons Codec reads and writes this alphabet without padding. */
  private static final Base64 URL_SAFE =
      Base64.builder()
          .setDecodingPolicy(CodecPolicy.STRICT)
          .setDecodeTableFormat(Base64.DecodeTableFormat.URL_SAFE)
          .setUrlSafe(true)
          .setLineLength(0)
          .get();

  private Base64Member() {}

  static String of(byte[] bytes) {
    return STANDARD.encodeToString(bytes);
  }

  static byte[] parse(String text) throws MalformedInputException {
    boolean padded = text.length() % 4 == 0;
    if (text.indexOf('-') < 0 && text.indexOf('_') < 0 && padded) {
      return canonical(STANDARD, text, text);
    }
    int end = text.length();
    for (int pads = 0; padded && pads < 2 && text.charAt(end - 1) == '='; pads++) {
      end--;
    }
    return canonical(URL_SAFE, text.substring(0, end), text);
  }

  private static byte[] canonical(Base64 codec, String text, String shown)
      throws MalformedInputException {
    try {
      byte[] bytes = codec.decode(text);
      if (codec.encodeToString(bytes).equals(text)) {
        return bytes;
      }
    } catch (IllegalArgumentException e) {
      throw new MalformedInputException(malformed(shown), e);
    }
    throw new MalformedInputException(malformed(shown));
  }

  private static String malformed(String text) {
    return "expected canonical base64, all in one alphabet, found " + Quoted.of(text);
  }
}
