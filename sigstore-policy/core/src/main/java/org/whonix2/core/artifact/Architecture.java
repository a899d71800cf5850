package org.whonix2.core.artifact;

import java.util.regex.Pattern;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.Quoted;

/** A Debian architecture of a binary package: {@code amd64}, {@code arm64}, {@code all}, … */
public record Architecture(String value) {
  private static final Pattern FORM = Pattern.compile("[a-z0-9][a-z0-9-]{1,39}");

  public Architecture {
    if (!FORM.matcher(value).matches()) {
      throw new IllegalArgumentException("not an architecture: " + value);
    }
  }

  /** Reads an architecture; the inverse of {@link #toString}. */
  public static Architecture parse(String text) throws MalformedInputException {
    if (!FORM.matcher(text).matches()) {
      throw new MalformedInputException(
          "expected an architecture such as amd64, found " + Quoted.of(text));
    }
    return new Architecture(text);
  }

  @Override
  public String toString() {
    return value;
  }
}
