package org.whonix2.core.log;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import org.apache.commons.codec.digest.DigestUtils;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.Quoted;

/** What names of keys may be, and the short identifiers made from them (C2SP signed-note). */
final class KeyName {
  private static final int MAX_BYTES = 255;

  private KeyName() {}

  static String check(String name) throws MalformedInputException {
    boolean wellFormed =
        !name.isEmpty()
            && name.getBytes(StandardCharsets.UTF_8).length <= MAX_BYTES
            && name.codePoints().allMatch(KeyName::allowed);
    if (!wellFormed) {
      throw new MalformedInputException(
          "expected a key name of at most 255 bytes without spaces and '+', found "
              + Quoted.of(name));
    }
    return name;
  }

  private static boolean allowed(int codePoint) {
    return codePoint != '+'
        && !Character.isWhitespace(codePoint)
        && !Character.isSpaceChar(codePoint)
        && !Character.isISOControl(codePoint)
        && Character.getType(codePoint) != Character.SURROGATE;
  }

  /** The first four bytes, big-endian, of SHA-256(name || 0x0A || type || public key). */
  static int keyId(String name, SignatureType type, byte[] publicKey) {
    MessageDigest digest = DigestUtils.getSha256Digest();
    digest.update(name.getBytes(StandardCharsets.UTF_8));
    digest.update((byte) '\n');
    digest.update(type.identifier());
    digest.update(publicKey);
    return ByteBuffer.wrap(digest.digest()).getInt();
  }
}
