package org.whonix2.core.statement;

import java.time.Instant;
import java.util.regex.Pattern;
import org.whonix2.core.Rfc3339;
import org.whonix2.core.json.JsonFields;

/** What the members of several statements have to be. */
final class Checks {
  private static final Pattern TOKEN = Pattern.compile("[a-z0-9][a-z0-9.+/-]{0,63}");

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

  private static final Pattern REASON =
      Pattern.compile("[^ " + UNSEEN + "]([^" + UNSEEN + "]{0,498}[^ " + UNSEEN + "])?");

  private Checks() {}

  static void expect(boolean holds, String expected) {
    if (!holds) {
      throw new IllegalArgumentException("expected " + expected);
    }
  }

  /** A short lower-case word. */
  static void token(String text, String expected) {
    expect(TOKEN.matcher(text).matches(), expected);
  }

  static void number(long number, long least, String what) {
    expect(
        number >= least && number <= JsonFields.MAX_NUMBER,
        what + " from " + least + " to 2^53 - 1, found " + number);
  }

  static void time(Instant time) {
    expect(Rfc3339.isWritable(time), "times of whole seconds, found " + time);
  }

  /** A text by which a person justifies something to others. */
  static void reason(String text) {
    expect(
        REASON.matcher(text).matches(),
        "a reason of 1 to 500 printable characters, with no space at its ends");
  }
}
