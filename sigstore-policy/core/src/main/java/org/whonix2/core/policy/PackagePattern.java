package org.whonix2.core.policy;

import java.util.regex.Pattern;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.Quoted;
import org.whonix2.core.artifact.PackageName;

/** Names of binary packages: {@code *} stands for any characters, also for none. */
public record PackagePattern(String text) {
  private static final Pattern TEXT = Pattern.compile("[a-z0-9*][a-z0-9+.*-]{0,127}");

  /** Reads a pattern; the inverse of {@link #toString}. */
  public static PackagePattern parse(String text) throws MalformedInputException {
    if (!TEXT.matcher(text).matches()) {
      throw new MalformedInputException(
          "expected a package name in which * stands for any characters, found " + Quoted.of(text));
    }
    return new PackagePattern(text);
  }

  boolean matches(PackageName name) {
    String[] parts = text.split("\\*", -1);
    String rest = name.value();
    if (parts.length == 1) {
      return rest.equals(text);
    }
    String first = parts[0];
    String last = parts[parts.length - 1];
    if (!rest.startsWith(first)) {
      return false;
    }
    rest = rest.substring(first.length());
    for (int i = 1; i < parts.length - 1; i++) {
      int at = rest.indexOf(parts[i]);
      if (at < 0) {
        return false;
      }
      rest = rest.substring(at + parts[i].length());
    }
    return rest.endsWith(last);
  }

  @Override
  public String toString() {
    return text;
  }
}
