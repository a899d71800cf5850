package org.whonix2.core;

import java.util.regex.Pattern;

/** A text by which a person justifies something to others, in policies and statements alike. */
public final class ReasonText {
  /** What it is, for messages. */
  public static final String FORM = "1 to 500 printable characters, with no space at its ends";

  /**
   * What must not stand in a text that people read: control characters; what has no glyph or turns
   * the direction of writing (soft hyphen, zero-width and bidirectional controls, line and
   * paragraph separators, byte order mark, interlinear and tag characters); unpaired surrogates and
   * noncharacters. Spelt out, because Java's character classes change with its release.
   */
  private static final String UNSEEN =
      "\\x{0}-\\x{1f}\\x{7f}-\\x{9f}\\x{ad}\\x{61c}\\x{180e}\\x{200b}-\\x{200f}"
          + "\\x{2028}-\\x{202e}\\x{2060}-\\x{206f}\\x{d800}-\\x{dfff}\\x{feff}"
          + "\\x{fff9}-\\x{fffb}\\x{fffe}\\x{ffff}\\x{e0000}-\\x{e0fff}";

  private static final Pattern PATTERN =
      Pattern.compile("[^ " + UNSEEN + "]([^" + UNSEEN + "]{0,498}[^ " + UNSEEN + "])?");

  private ReasonText() {}

  /** Whether it is one. */
  public static boolean isReason(String text) {
    return PATTERN.matcher(text).matches();
  }
}
