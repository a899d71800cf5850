package org.whonix2.core.statement;

import java.util.regex.Pattern;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.Quoted;

/**
 * Where a Git repository is: {@code https}, {@code http}, {@code git} or {@code file}, host, port,
 * path; no user, no query, no fragment. Who carries the bytes need not be trusted, as a signature
 * is over them.
 */
public record GitUrl(String value) {
  /** What SPDX puts before the URL of a Git repository. */
  static final String SCHEME = "git+";

  private static final int MAX_LENGTH = 2000;
  private static final String EXPECTED =
      "a URL https://HOST/PATH, http://HOST/PATH, git://HOST/PATH or file:///PATH of at most "
          + MAX_LENGTH
          + " characters, without user, query, fragment and empty parts";

  /** Possessive, as the whole form is: what can go back needs stack for each part. */
  private static final String PART = "(?:[A-Za-z0-9._~+=,:-]++|%[2-9A-F][0-9A-F])++";

  private static final String HOST =
      "(?:[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|\\[[0-9a-f:.]{2,45}\\])";
  private static final Pattern FORM =
      Pattern.compile(
          "(?!.*/\\.{1,2}(?:/|$))"
              + ("(?:(?:https?|git)://" + HOST + "(?::[1-9][0-9]{0,4})?|file://)")
              + ("(?:/" + PART + ")++"));

  public GitUrl {
    Checks.expect(isUrl(value), EXPECTED);
  }

  private static boolean isUrl(String text) {
    return text.length() <= MAX_LENGTH && FORM.matcher(text).matches();
  }

  /** Reads a URL; the inverse of {@link #toString}. */
  public static GitUrl parse(String text) throws MalformedInputException {
    if (!isUrl(text)) {
      throw new MalformedInputException("expected " + EXPECTED + ", found " + Quoted.of(text));
    }
    return new GitUrl(text);
  }

  /** Whether it is a folder of the machine that reads it. */
  public boolean isLocal() {
    return value.startsWith("file:");
  }

  @Override
  public String toString() {
    return value;
  }
}
