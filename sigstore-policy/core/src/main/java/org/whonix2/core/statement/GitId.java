package org.whonix2.core.statement;

import java.util.regex.Pattern;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.Quoted;

/** The id of a Git object: SHA-1 in lower-case hexadecimal digits. */
public record GitId(String hex) {
  private static final Pattern FORM = Pattern.compile("[0-9a-f]{40}");

  public GitId {
    Checks.expect(FORM.matcher(hex).matches(), "a Git object's id of 40 hexadecimal digits");
  }

  /** Reads an id; the inverse of {@link #toString}. */
  public static GitId parse(String text) throws MalformedInputException {
    if (!FORM.matcher(text).matches()) {
      throw new MalformedInputException(
          "expected a Git object's id of 40 lower-case hexadecimal digits, found "
              + Quoted.of(text));
    }
    return new GitId(text);
  }

  @Override
  public String toString() {
    return hex;
  }
}
