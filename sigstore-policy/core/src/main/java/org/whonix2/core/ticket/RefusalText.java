package org.whonix2.core.ticket;

import org.whonix2.core.MalformedInputException;
import org.whonix2.core.Quoted;

/** A reason cut down to what fits on one line of ASCII. */
final class RefusalText {
  private static final int MAX_LENGTH = 400;

  private RefusalText() {}

  static String of(String reason) {
    String line = reason.lines().findFirst().orElse("").strip();
    StringBuilder text = new StringBuilder();
    line.chars().limit(MAX_LENGTH).forEach(c -> text.append(c >= ' ' && c < 0x7f ? (char) c : '?'));
    String stripped = text.toString().strip();
    return stripped.isEmpty() ? "no reason given" : stripped;
  }

  static String parse(String text) throws MalformedInputException {
    if (!of(text).equals(text)) {
      throw new MalformedInputException(
          "expected a reason of up to "
              + MAX_LENGTH
              + " printable characters, found "
              + Quoted.of(text));
    }
    return text;
  }
}
