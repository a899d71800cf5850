package org.whonix2.core.statement;

import java.util.regex.Pattern;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.Quoted;

/** The name of a Git tag, without {@code refs/tags/}; git-check-ref-format(1), and less. */
public record GitTag(String value) {
  private static final int MAX_LENGTH = 200;
  private static final String EXPECTED =
      "a tag such as debian/1.2-3, of at most "
          + MAX_LENGTH
          + " characters from A-Z, a-z, 0-9, '.', '_', '+', '%', '@', '=', ',', '-' and '/'";

  /** No part begins with a dot or a dash, or ends in a dot or .lock; no two dots stand together. */
  private static final Pattern FORM =
      Pattern.compile(
          "(?!.*\\.\\.)(?!.*(?:\\.lock|\\.)(?:/|$))"
              + "[A-Za-z0-9_+%=,][A-Za-z0-9._+%@=,-]*+(?:/[A-Za-z0-9_+%=,][A-Za-z0-9._+%@=,-]*+)*+");

  public GitTag {
    Checks.expect(isTag(value), EXPECTED);
  }

  private static boolean isTag(String text) {
    return text.length() <= MAX_LENGTH && FORM.matcher(text).matches();
  }

  /** Reads a tag's name; the inverse of {@link #toString}. */
  public static GitTag parse(String text) throws MalformedInputException {
    if (!isTag(text)) {
      throw new MalformedInputException("expected " + EXPECTED + ", found " + Quoted.of(text));
    }
    return new GitTag(text);
  }

  /** As a part of a URI, in which a percent sign means something. */
  String escaped() {
    return value.replace("%", "%25");
  }

  @Override
  public String toString() {
    return value;
  }
}
