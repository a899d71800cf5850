package org.whonix2.server.admission;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.Quoted;

/**
 * How much may come: {@code 60:5000} is 60 a minute in the long run, and 5,000 at once.
 *
 * @param perMinute from 1
 * @param burst from 1
 */
public record Rate(long perMinute, long burst) {
  private static final Pattern FORM = Pattern.compile("([1-9][0-9]{0,8}):([1-9][0-9]{0,8})");

  public Rate {
    if (perMinute < 1 || burst < 1) {
      throw new IllegalArgumentException("expected a rate and a burst of at least 1");
    }
  }

  public static Rate parse(String text) throws MalformedInputException {
    Matcher parts = FORM.matcher(text);
    if (!parts.matches()) {
      throw new MalformedInputException(
          "expected a rate such as 60:5000, by the minute and at once, found " + Quoted.of(text));
    }
    return new Rate(Long.parseLong(parts.group(1)), Long.parseLong(parts.group(2)));
  }

  @Override
  public String toString() {
    return perMinute + ":" + burst;
  }
}
