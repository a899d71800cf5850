package org.whonix2.core.policy;

import java.util.List;
import java.util.regex.Pattern;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.Quoted;
import org.whonix2.core.ReasonText;
import org.whonix2.core.yaml.YamlFields;

/** The kinds of words that a policy is written in. */
final class Words {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
  private static final Pattern TOKEN = Pattern.compile("[a-z0-9][a-z0-9.+/-]{0,63}");
  private static final Pattern FILE =
      Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*){0,7}");

  /** Words that the policy language keeps for what is not built yet. */
  private static final List<String> RESERVED = List.of("format", "identity", "transport");

  private Words() {}

  static void refuseReserved(YamlFields fields) throws MalformedInputException {
    for (String word : RESERVED) {
      if (fields.has(word)) {
        throw fields.unexpected(
            word, "no such key: it is not built yet, and a policy is obeyed whole or not at all");
      }
    }
  }

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
    if (!ReasonText.isReason(text)) {
      throw new MalformedInputException(
          "expected " + ReasonText.FORM + ", found " + Quoted.of(text));
    }
    return text;
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
