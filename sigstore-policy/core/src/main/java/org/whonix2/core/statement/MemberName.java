package org.whonix2.core.statement;

import java.util.regex.Pattern;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.Quoted;

/** What a log's operator calls a member: lower-case letters, digits, '.', '_' and '-'. */
public record MemberName(String text) implements Comparable<MemberName> {
  private static final Pattern FORM = Pattern.compile("[a-z0-9][a-z0-9._-]{0,63}");
  private static final String EXPECTED =
      "a name of at most 64 lower-case letters, digits, '.', '_' or '-',"
          + " beginning with a letter or digit";

  public MemberName {
    Checks.expect(FORM.matcher(text).matches(), EXPECTED);
  }

  public static MemberName parse(String text) throws MalformedInputException {
    if (!FORM.matcher(text).matches()) {
      throw new MalformedInputException("expected " + EXPECTED + "; found " + Quoted.of(text));
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
