package org.whonix2.core.ticket;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.regex.Pattern;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.Quoted;

/** Times as whole seconds since 1970, as a shell or perl compares them. */
final class Seconds {
  /** Up to the year 9999. */
  private static final Pattern FORM = Pattern.compile("0|[1-9][0-9]{0,11}");

  private Seconds() {}

  static Instant of(Instant time) {
    if (!FORM.matcher(Long.toString(time.getEpochSecond())).matches()) {
      throw new IllegalArgumentException("not a time that a ticket can carry: " + time);
    }
    return time.truncatedTo(ChronoUnit.SECONDS);
  }

  static Instant parse(String text) throws MalformedInputException {
    if (!FORM.matcher(text).matches()) {
      throw new MalformedInputException(
          "expected seconds since 1970 in up to 12 digits, found " + Quoted.of(text));
    }
    return Instant.ofEpochSecond(Long.parseLong(text));
  }
}
