package org.whonix2.core.snapshot;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.Quoted;
import org.whonix2.core.digest.Sha256;

/**
 * Bytes being read from start to end: numbers of 7 bits a byte, lowest first, the highest bit set
 * in all but the last; digests; text.
 */
final class Encoded {
  private final byte[] bytes;
  private final String format;
  private int position;

  /** Begins behind the line that names the format. */
  Encoded(byte[] bytes, int limit, String magic) throws MalformedInputException {
    this.bytes = bytes;
    this.format = magic;
    if (bytes.length > limit) {
      throw malformed("expected at most " + limit + " bytes, found " + bytes.length);
    }
    byte[] first = (magic + "\n").getBytes(StandardCharsets.US_ASCII);
    if (!Arrays.equals(take(Math.min(first.length, bytes.length)), first)) {
      throw malformed("expected '" + magic + "' and a line feed, found something else");
    }
  }

  /** A number from 0 to the limit. */
  int number(int limit, String what) throws MalformedInputException {
    long value = 0;
    for (int shift = 0; shift < 35; shift += 7) {
      byte b = take(1)[0];
      value |= (long) (b & 0x7f) << shift;
      if (b >= 0) {
        if (b == 0 && shift > 0) {
          throw malformed("expected " + what + " in as few bytes as it needs, found more");
        }
        if (value > limit) {
          throw malformed("expected " + what + " of at most " + limit + ", found " + value);
        }
        return (int) value;
      }
    }
    throw malformed("expected " + what + " of at most " + limit + ", found a longer number");
  }

  /**
   * How many of something follow.
   *
   * @param least bytes that each takes, so that a few bytes cannot ask for much memory
   */
  int count(int limit, int least, String what) throws MalformedInputException {
    int count = number(limit, what);
    if ((long) count * least > bytes.length - position) {
      throw malformed("expected " + count + " " + what + ", found the end");
    }
    return count;
  }

  Sha256 digest() throws MalformedInputException {
    return Sha256.ofDigest(take(Sha256.LENGTH));
  }

  /** Printable ASCII; other bytes become characters that nothing here takes. */
  String text(int length) throws MalformedInputException {
    return new String(take(length), StandardCharsets.ISO_8859_1);
  }

  void end() throws MalformedInputException {
    if (position != bytes.length) {
      throw malformed("expected the end, found " + (bytes.length - position) + " bytes more");
    }
  }

  private byte[] take(int length) throws MalformedInputException {
    if (length > bytes.length - position) {
      throw malformed("expected " + length + " more bytes, found the end");
    }
    position += length;
    return Arrays.copyOfRange(bytes, position - length, position);
  }

  MalformedInputException malformed(String message) {
    return new MalformedInputException(
        "format " + Quoted.of(format) + ", byte " + position + ": " + message);
  }
}
