package org.whonix2.core;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.regex.Pattern;

/** Times as documents of ours write them: RFC 3339, UTC with {@code Z}, whole seconds. */
public final class Rfc3339 {
  private static final Pattern FORM =
      Pattern.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z");

  private Rfc3339() {}

  /** Reads a time such as {@code 2027-06-01T00:00:00Z}. */
  public static Instant parse(String text) throws MalformedInputException {
    try {
      if (FORM.matcher(text).matches()) {
        Instant time = Instant.parse(text);
        // Hour 24 and leap seconds are read as another time's second text.
        if (time.toString().equals(text)) {
          return time;
        }
      }
    } catch (DateTimeParseException e) {
      throw new MalformedInputException("no such time: " + text, e);
    }
    throw new MalformedInputException(
        "expected a time such as 2027-06-01T00:00:00Z, found " + Quoted.of(text));
  }

  /** Whether {@link Instant#toString} writes that time as {@link #parse} reads it. */
  public static boolean isWritable(Instant time) {
    return FORM.matcher(time.toString()).matches();
  }
}
