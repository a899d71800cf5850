package org.whonix2.core;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Times as documents of ours write them: RFC 3339, UTC with {@code Z}, whole seconds. */
public final class Rfc3339 {
  private static final Pattern FORM =
      Pattern.compile("([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})Z");

  private Rfc3339() {}

  /** Reads a time such as {@code 2027-06-01T00:00:00Z}. */
  public static Instant parse(String text) throws MalformedInputException {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      throw new MalformedInputException(
          "expected a time such as 2027-06-01T00:00:00Z, found " + Quoted.of(text));
    }
    int[] fields = new int[form.groupCount()];
    for (int i = 0; i < fields.length; i++) {
      fields[i] = Integer.parseInt(form.group(i + 1));
    }
    try {
      // Neither hour 24 nor leap seconds: they would be another time's second text.
      return LocalDateTime.of(fields[0], fields[1], fields[2], fields[3], fields[4], fields[5])
          .toInstant(ZoneOffset.UTC);
    } catch (DateTimeException e) {
      throw new MalformedInputException("no such time: " + text, e);
    }
  }

  /** Whether {@link Instant#toString} writes that time as {@link #parse} reads it. */
  public static boolean isWritable(Instant time) {
    return FORM.matcher(time.toString()).matches();
  }
}
