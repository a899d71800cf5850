package org.whonix2.update.store;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.digest.Sha256;

/**
 * What the box alone says, so that no signature shows whether the disk gave it back as it was:
 * lines of text, and a last one with their SHA-256, {@code sha256 <hex>}. It is no defence against
 * whoever may write the file.
 */
public final class SealedText {
  private static final String WORD = "sha256 ";

  /** How much longer than the text the file is. */
  static final int OVERHEAD = WORD.length() + 64 + 1;

  private SealedText() {}

  public static byte[] seal(byte[] text) {
    byte[] file = Arrays.copyOf(text, text.length + OVERHEAD);
    byte[] last = last(text);
    System.arraycopy(last, 0, file, text.length, OVERHEAD);
    return file;
  }

  /** The text; the inverse of {@link #seal}. */
  static byte[] open(byte[] file) throws MalformedInputException {
    int length = Math.max(0, file.length - OVERHEAD);
    byte[] text = Arrays.copyOf(file, length);
    if (!Arrays.equals(last(text), Arrays.copyOfRange(file, length, file.length))) {
      throw new MalformedInputException(
          "expected a last line with the SHA-256 of those before it, found another");
    }
    return text;
  }

  private static byte[] last(byte[] text) {
    return (WORD + Sha256.of(text) + "\n").getBytes(StandardCharsets.US_ASCII);
  }
}
