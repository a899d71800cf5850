package org.whonix2.core.statement;

import java.time.Instant;
import java.util.regex.Pattern;
import org.whonix2.core.ReasonText;
import org.whonix2.core.Rfc3339;
import org.whonix2.core.json.JsonFields;

/** What the members of several statements have to be. */
final class Checks {
  private static final Pattern TOKEN = Pattern.compile("[a-z0-9][a-z0-9.+/-]{0,63}");

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
    expect(ReasonText.isReason(text), "a reason of " + ReasonText.FORM);
  }
}
