package org.whonix2.core.artifact;

import java.util.regex.Pattern;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.Quoted;

/** A Debian source or binary package's name (Debian Policy 5.6.1 and 5.6.7). */
public record PackageName(String value) implements Comparable<PackageName> {
  private static final int MAX_LENGTH = 200;
  private static final Pattern FORM = Pattern.compile("[a-z0-9][a-z0-9+.-]+");

  public PackageName {
    if (value.length() > MAX_LENGTH || !FORM.matcher(value).matches()) {
      throw new IllegalArgumentException("not a package name: " + value);
    }
  }

  /** Reads a name; the inverse of {@link #toString}. */
  public static PackageName parse(String text) throws MalformedInputException {
    if (text.length() > MAX_LENGTH || !FORM.matcher(text).matches()) {
      throw new MalformedInputException(
          "expected a package name of 2 to "
              + MAX_LENGTH
              + " characters from a-z, 0-9, '+', '-' and '.', found "
              + Quoted.of(text));
    }
    return new PackageName(text);
  }

  @Override
  public int compareTo(PackageName other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
