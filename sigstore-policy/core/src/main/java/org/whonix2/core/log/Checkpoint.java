package org.whonix2.core.log;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.whonix2.core.Base64Text;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.Quoted;
import org.whonix2.core.digest.Sha256;

/**
 * A tree head as a note's text (C2SP tlog-checkpoint): origin, size and root, a line each.
 * Extension lines are refused: nobody audits them, and our logs write none.
 */
public record Checkpoint(String origin, long size, Sha256 root) {
  private static final String FORMAT = "checkpoint";

  /**
   * @throws IllegalArgumentException if the origin is empty, longer than 255 bytes or has control
   *     characters, or if the size is out of bounds
   */
  public Checkpoint {
    if (!isOrigin(origin)) {
      throw new IllegalArgumentException("expected an origin, found " + Quoted.of(origin));
    }
    TreeSize.require(size);
  }

  static boolean isOrigin(String origin) {
    return !origin.isEmpty()
        && origin.getBytes(StandardCharsets.UTF_8).length <= 255
        && origin.codePoints().noneMatch(Character::isISOControl);
  }

  /** Reads a note's text; the inverse of {@link #format}. */
  public static Checkpoint parse(String text) throws MalformedInputException {
    Lines lines = new Lines(text, FORMAT);
    String origin = lines.next("the origin");
    if (!isOrigin(origin)) {
      throw lines.expected("an origin of 1 to 255 bytes", origin);
    }
    long size = lines.number("", "the tree size");
    Sha256 root = lines.hash();
    lines.end();
    return new Checkpoint(origin, size, root);
  }

  /** The note's text. */
  public String format() {
    return origin + "\n" + size + "\n" + Base64Text.of(root.toByteArray()) + "\n";
  }

  /** Signs as the log. */
  public SignedNote sign(SigningKey key) {
    try {
      return SignedNote.of(format(), List.of(key.sign(format())));
    } catch (MalformedInputException e) {
      throw new IllegalStateException("a checkpoint is always a note's text", e);
    }
  }
}
