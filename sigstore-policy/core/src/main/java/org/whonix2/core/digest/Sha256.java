package org.whonix2.core.digest;

import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.Arrays;
import org.apache.commons.codec.binary.Hex;
import org.apache.commons.codec.digest.DigestUtils;
import org.whonix2.core.MalformedInputException;

/**
 * A SHA-256 digest (FIPS 180-4): 32 bytes. Ordered as unsigned bytes, which is the order of its
 * text.
 */
public final class Sha256 implements Comparable<Sha256> {
  /** Length in bytes. */
  public static final int LENGTH = 32;

  private final byte[] bytes;

  private Sha256(byte[] bytes) {
    this.bytes = bytes;
  }

  /** The digest of these bytes. */
  public static Sha256 of(byte[] content) {
    return new Sha256(DigestUtils.sha256(content));
  }

  /** The digest of everything left in the stream, in constant memory. The stream stays open. */
  public static Sha256 of(InputStream content) throws IOException {
    return new Sha256(DigestUtils.sha256(content));
  }

  /** Takes 32 bytes as they are. */
  public static Sha256 ofDigest(byte[] digest) throws MalformedInputException {
    if (digest.length != LENGTH) {
      throw new MalformedInputException(
          "expected a SHA-256 digest of " + LENGTH + " bytes, found " + digest.length);
    }
    return new Sha256(digest.clone());
  }

  /** The state of a finished computation, for callers that hash while they copy. */
  public static Sha256 finish(MessageDigest sha256) {
    if (!sha256.getAlgorithm().equals("SHA-256")) {
      throw new IllegalStateException("not a SHA-256 computation: " + sha256.getAlgorithm());
    }
    return new Sha256(sha256.digest());
  }

  /** Reads 64 lower-case hexadecimal digits; the inverse of {@link #toString}. */
  public static Sha256 parse(String hex) throws MalformedInputException {
    if (hex.length() != 2 * LENGTH) {
      throw new MalformedInputException(
          "expected a SHA-256 of 64 hexadecimal digits, found " + hex.length() + " characters");
    }
    byte[] bytes = new byte[LENGTH];
    for (int i = 0; i < LENGTH; i++) {
      bytes[i] = (byte) (nibble(hex, 2 * i) << 4 | nibble(hex, 2 * i + 1));
    }
    return new Sha256(bytes);
  }

  private static int nibble(String hex, int at) throws MalformedInputException {
    char c = hex.charAt(at);
    if (c >= '0' && c <= '9') {
      return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
      return c - 'a' + 10;
    }
    throw new MalformedInputException(
        "expected a lower-case hexadecimal digit at position "
            + at
            + " of a SHA-256, found code point "
            + (int) c);
  }

  public byte[] toByteArray() {
    return bytes.clone();
  }

  /** Feeds the 32 bytes to a computation without a copy. */
  public void update(MessageDigest digest) {
    digest.update(bytes);
  }

  @Override
  public int compareTo(Sha256 other) {
    return Arrays.compareUnsigned(bytes, other.bytes);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Sha256 that && MessageDigest.isEqual(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return Hex.encodeHexString(bytes);
  }
}
