package org.whonix2.core.policy;

import java.util.regex.Pattern;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.Quoted;

/** The kinds of words that a policy is written in. */
final class Words {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
  private static final Pattern TOKEN = Pattern.compile("[a-z0-9][a-z0-9.+/-]{0,63}");
  private static final Pattern REASON = Pattern.compile("[^\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]{1,500}");
  private static final Pattern FILE =
      Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*){0,7}");

  private Words() {}

  static String name(String text) throws MalformedInputException {
    return matching(NAME, text, "up to 64 letters, digits, '.', '_' and '-'");
  }

  static String suite(String text) throws MalformedInputException {
    return matching(TOKEN, text, "a suite such as bookworm-security");
  }

  static String toolchain(String text) throws MalformedInputException {
    return matching(TOKEN, text, "a toolchain such as gcc-12");
  }

  static String reason(String text) throws MalformedInputException {
    return matching(REASON, text, "1 to 500 printable characters");
  }

  static String file(String text) throws MalformedInputException {
    return matching(FILE, text, "a file name relative to the policy, without '..'");
  }

  private static String matching(Pattern form, String text, String expected)
      throws MalformedInputException {
    if (!form.matcher(text).matches()) {
      throw new MalformedInputException("expected " + expected + ", found " + Quoted.of(text));
    }
    return text;
  }
}
