package org.whonix2.rebuilder.input;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.Quoted;

/**
 * The variables that a .buildinfo records, as far as a rebuild repeats them. dpkg writes down an
 * allow-list; of it, only what does not change the toolchain is repeated, and all else is refused:
 * a rebuild attests what it was built with by other names.
 *
 * @param options DEB_BUILD_OPTIONS without {@code parallel}, which is this machine's own affair
 * @param locale LC_ALL, or LANG; {@code C.UTF-8} if there is neither
 */
record BuildEnvironment(String options, String locale) {
  private static final int MOST_VARIABLES = 200;
  private static final Pattern VARIABLE =
      Pattern.compile("([A-Z][A-Z0-9_]{0,60})=\"([ -~]{0,4000})\"");

  /** What changes no bits that anybody runs: other options would build something weaker or less. */
  private static final Set<String> REPEATED = Set.of("nocheck", "terse");

  private static final Pattern LOCALE_PART = Pattern.compile("LC_[A-Z]+|LANGUAGE");

  static BuildEnvironment parse(String field) throws MalformedInputException {
    Map<String, String> variables = new LinkedHashMap<>();
    for (String line : field.strip().split("\n", -1)) {
      if (line.isEmpty()) {
        continue;
      }
      Matcher variable = VARIABLE.matcher(line);
      if (!variable.matches()
          || variables.put(variable.group(1), unescaped(variable.group(2))) != null
          || variables.size() > MOST_VARIABLES) {
        throw new MalformedInputException(
            "expected at most "
                + MOST_VARIABLES
                + " variables NAME=\"value\" in Environment, each once, found "
                + Quoted.of(line));
      }
    }
    String options = "";
    String locale = variables.getOrDefault("LC_ALL", variables.getOrDefault("LANG", "C.UTF-8"));
    for (Map.Entry<String, String> variable : variables.entrySet()) {
      switch (variable.getKey()) {
        case "DEB_BUILD_OPTIONS" -> options = options(variable.getValue());
        case "SOURCE_DATE_EPOCH", "LANG" -> {
          // The one follows from the changelog; the other stands behind LC_ALL.
        }
        default -> {
          boolean harmless =
              LOCALE_PART.matcher(variable.getKey()).matches() || variable.getValue().isEmpty();
          if (!harmless) {
            throw new MalformedInputException(
                "it was built with "
                    + variable.getKey()
                    + " set to "
                    + Quoted.of(variable.getValue())
                    + ", which a rebuild does not repeat");
          }
        }
      }
    }
    return new BuildEnvironment(options, locale);
  }

  private static String unescaped(String value) {
    return value.replaceAll("\\\\([\\\\\"])", "$1");
  }

  private static String options(String value) throws MalformedInputException {
    StringBuilder kept = new StringBuilder();
    for (String option : value.strip().split("[ ,]+", -1)) {
      if (option.isEmpty() || option.matches("parallel(=[0-9]{0,4})?")) {
        continue;
      }
      if (!REPEATED.contains(option)) {
        throw new MalformedInputException(
            "it was built with DEB_BUILD_OPTIONS "
                + Quoted.of(option)
                + ", which a rebuild does not repeat");
      }
      kept.append(kept.isEmpty() ? "" : " ").append(option);
    }
    return kept.toString();
  }
}
