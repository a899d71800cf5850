package org.whonix2.toolchain;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.Quoted;
import org.whonix2.core.TextParser;
import org.whonix2.core.artifact.PackageVersion;
import org.whonix2.core.yaml.YamlFields;

/**
 * The forms of what stands in definitions and plans. None of them has a character that means
 * something to a shell but in a pattern.
 */
final class Forms {
  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9.-]{0,31}");
  private static final Pattern SUFFIX = Pattern.compile("\\+[a-z][a-z0-9.]{0,19}");
  private static final Pattern FILE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9+_.-]{0,99}");
  private static final Pattern PATH = Pattern.compile("(?:/[A-Za-z0-9+_.-]{1,100}){1,12}");
  private static final Pattern GLOB = Pattern.compile("(?:/[A-Za-z0-9+_.*?\\[\\]-]{1,100}){1,12}");
  private static final Pattern ARGUMENT = Pattern.compile("[A-Za-z0-9_=,.+/:@%^*?\\[\\]-]{1,200}");
  private static final Pattern VARIABLE = Pattern.compile("[A-Z][A-Z0-9_]{0,40}");
  private static final Pattern VALUE = Pattern.compile("[A-Za-z0-9_=,.+/:@%^ -]{0,400}");
  private static final Pattern MODE = Pattern.compile("[4-7][4-5][4-5]");
  private static final Pattern LASTING = Pattern.compile("/(?:opt|usr)/");
  private static final int LONGEST_SENTENCE = 500;
  private static final int LONGEST_OUTPUT = 200;

  /** What a build's environment says of its place is not a definition's to change. */
  private static final Set<String> NOT_THEIRS =
      Set.of("PATH", "HOME", "USER", "LOGNAME", "SHELL", "TZ", "LD_PRELOAD", "LD_LIBRARY_PATH");

  private Forms() {}

  static String name(String text) throws MalformedInputException {
    return required(NAME, text, "a name such as gcc-12");
  }

  /** The archive's next fix of a source must be newer than a variant of the source before it. */
  static String versionSuffix(String text) throws MalformedInputException {
    required(SUFFIX, text, "a version's suffix such as +ddc");
    if (new PackageVersion("1" + text).compareTo(new PackageVersion("1+deb")) >= 0) {
      throw new MalformedInputException(
          "expected a version's suffix that sorts before +deb12u1, found " + text);
    }
    return text;
  }

  static String file(String text) throws MalformedInputException {
    return required(FILE, text, "a plain file name");
  }

  static String path(String text) throws MalformedInputException {
    return normal(required(PATH, text, "an absolute path"));
  }

  /** Of a file that stays where it is put. */
  static String output(String text) throws MalformedInputException {
    String path = path(text);
    if (path.length() > LONGEST_OUTPUT || !LASTING.matcher(path).lookingAt()) {
      throw new MalformedInputException(
          "expected a path below /opt or /usr of at most "
              + LONGEST_OUTPUT
              + " characters, found "
              + Quoted.of(path));
    }
    return path;
  }

  static String glob(String text) throws MalformedInputException {
    return normal(required(GLOB, text, "an absolute path, as a pattern"));
  }

  static String argument(String text) throws MalformedInputException {
    return required(ARGUMENT, text, "an argument without spaces and quotes");
  }

  static String variable(String text) throws MalformedInputException {
    required(VARIABLE, text, "a variable such as CFLAGS");
    if (NOT_THEIRS.contains(text) || text.startsWith("LC_") || text.equals("LANG")) {
      throw new MalformedInputException("expected a variable of compilers, found " + text);
    }
    return text;
  }

  static String value(String text) throws MalformedInputException {
    return required(VALUE, text, "a value without quotes");
  }

  static String mode(String text) throws MalformedInputException {
    return required(MODE, text, "a mode such as 755");
  }

  static String sentence(String text) throws MalformedInputException {
    if (text.isBlank() || text.length() > LONGEST_SENTENCE) {
      throw new MalformedInputException(
          "expected a sentence of at most "
              + LONGEST_SENTENCE
              + " characters, found "
              + text.length());
    }
    return text;
  }

  /** A list in which nothing stands twice. */
  static <T> List<T> distinct(YamlFields fields, String key, TextParser<T> parser)
      throws MalformedInputException {
    Set<T> seen = new HashSet<>();
    return fields.list(
        key,
        text -> {
          T item = parser.parse(text);
          if (!seen.add(item)) {
            throw new MalformedInputException("expected each once, found twice: " + item);
          }
          return item;
        });
  }

  private static String normal(String path) throws MalformedInputException {
    for (String part : path.substring(1).split("/", -1)) {
      if (part.equals(".") || part.equals("..")) {
        throw new MalformedInputException("expected a path without . and .., found " + path);
      }
    }
    return path;
  }

  private static String required(Pattern form, String text, String what)
      throws MalformedInputException {
    if (!form.matcher(text).matches()) {
      throw new MalformedInputException("expected " + what + ", found " + Quoted.of(text));
    }
    return text;
  }
}
