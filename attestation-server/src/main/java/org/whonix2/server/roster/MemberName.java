package org.whonix2.server.roster;

import java.util.regex.Pattern;
import org.whonix2.core.MalformedInputException;

/** What the operator calls a rebuilder: lower-case letters, digits, '.', '_' and '-'. */
public record MemberName(String text) implements Comparable<MemberName> {
  private static final Pattern FORM = Pattern.compile("[a-z0-9][a-z0-9._-]{0,63}");

  public MemberName {
    if (!FORM.matcher(text).matches()) {
      throw new IllegalArgumentException("not a member's name");
    }
  }

  public static MemberName parse(String text) throws MalformedInputException {
    if (!FORM.matcher(text).matches()) {
      throw new MalformedInputException(
          "expected a name of at most 64 lower-case letters, digits, '.', '_' or '-',"
              + " beginning with a letter or digit, found '"
              + text
              + "'");
    }
    return new MemberName(text);
  }

  @Override
  public int compareTo(MemberName other) {
    return text.compareTo(other.text);
  }

  @Override
  public String toString() {
    return text;
  }
}
