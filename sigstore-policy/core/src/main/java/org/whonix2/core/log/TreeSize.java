package org.whonix2.core.log;

import org.whonix2.core.MalformedInputException;
import org.whonix2.core.Quoted;

/**
 * The bounds of tree sizes and leaf indexes. Sizes stay below 2^62, so that no sum or shift of ours
 * overflows and no proof is longer than 63 hashes.
 */
public final class TreeSize {
  /** The largest tree we take in. */
  public static final long MAX = (1L << 62) - 1;

  /** The most hashes a proof in such a tree has; also the limit of C2SP tlog-witness. */
  public static final int MAX_PROOF = 63;

  private TreeSize() {}

  /** Reads a decimal number without sign or leading zeroes, from 0 to {@link #MAX}. */
  static long parse(String text, String what) throws MalformedInputException {
    boolean canonical =
        !text.isEmpty()
            && text.length() <= 19
            && text.chars().allMatch(c -> c >= '0' && c <= '9')
            && (text.length() == 1 || text.charAt(0) != '0');
    if (!canonical) {
      throw new MalformedInputException(
          "expected "
              + what
              + " as a decimal number without leading zeroes, found "
              + Quoted.of(text));
    }
    // At most 19 digits exceed a long by less than its unsigned range.
    long value = Long.parseUnsignedLong(text);
    if (value < 0 || value > MAX) {
      throw new MalformedInputException("expected " + what + " of at most 2^62-1, found " + text);
    }
    return value;
  }

  static void require(long size) {
    if (size < 0 || size > MAX) {
      throw new IllegalArgumentException("expected a tree size from 0 to 2^62-1, found " + size);
    }
  }

  static int bitLength(long value) {
    return Long.SIZE - Long.numberOfLeadingZeros(value);
  }
}
