package org.whonix2.core.deb822;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.Quoted;

/** One paragraph: fields whose names ignore case. A field given twice is an error. */
public final class Deb822 {
  /** The most characters one text may have. */
  public static final int MAX_CHARACTERS = 64 << 20;

  private final Map<String, String> fields;

  private Deb822(Map<String, String> fields) {
    this.fields = fields;
  }

  /**
   * Reads all paragraphs; lines that begin with {@code #} are comments.
   *
   * @throws MalformedInputException naming the line
   */
  public static List<Deb822> parseAll(String text) throws MalformedInputException {
    if (text.length() > MAX_CHARACTERS) {
      throw new MalformedInputException(
          "expected at most " + MAX_CHARACTERS + " characters, found " + text.length());
    }
    List<Deb822> paragraphs = new ArrayList<>();
    Map<String, StringBuilder> fields = new LinkedHashMap<>();
    StringBuilder last = null;
    int number = 0;
    for (String line : text.split("\n", -1)) {
      number++;
      if (line.startsWith("#")) {
        continue;
      }
      if (stripped(line).isEmpty()) {
        finish(fields, paragraphs);
        last = null;
      } else if (line.startsWith(" ") || line.startsWith("\t")) {
        if (last == null) {
          throw new MalformedInputException(
              "line " + number + ": expected a field, found a continuation line");
        }
        last.append('\n').append(stripped(line));
      } else {
        last = begin(line, number, fields);
      }
    }
    finish(fields, paragraphs);
    return paragraphs;
  }

  /** Reads exactly one paragraph; comments are no part of such a document. */
  public static Deb822 parseOne(String text) throws MalformedInputException {
    if (text.startsWith("#") || text.contains("\n#")) {
      throw new MalformedInputException("expected no comments, found one");
    }
    List<Deb822> paragraphs = parseAll(text);
    if (paragraphs.size() != 1) {
      throw new MalformedInputException(
          "expected one paragraph, found " + (paragraphs.isEmpty() ? "none" : "more"));
    }
    return paragraphs.get(0);
  }

  private static StringBuilder begin(String line, int number, Map<String, StringBuilder> fields)
      throws MalformedInputException {
    int colon = line.indexOf(':');
    if (colon < 1 || line.charAt(0) == '-' || !isFieldName(line, colon)) {
      throw new MalformedInputException(
          "line " + number + ": expected 'Field: value', found " + Quoted.of(line));
    }
    String name = line.substring(0, colon).toLowerCase(Locale.ROOT);
    StringBuilder value = new StringBuilder(stripped(line.substring(colon + 1)));
    if (fields.put(name, value) != null) {
      throw new MalformedInputException(
          "line " + number + ": field " + Quoted.of(name) + " stands twice");
    }
    return value;
  }

  /** Without the blanks that Debian Policy knows at its ends: others are content. */
  private static String stripped(String text) {
    int from = 0;
    int to = text.length();
    while (from < to && isBlank(text.charAt(from))) {
      from++;
    }
    while (to > from && isBlank(text.charAt(to - 1))) {
      to--;
    }
    return text.substring(from, to);
  }

  private static boolean isBlank(char c) {
    return c == ' ' || c == '\t';
  }

  private static boolean isFieldName(String line, int end) {
    for (int i = 0; i < end; i++) {
      char c = line.charAt(i);
      if (c <= ' ' || c >= 0x7f) {
        return false;
      }
    }
    return true;
  }

  private static void finish(Map<String, StringBuilder> fields, List<Deb822> paragraphs) {
    if (!fields.isEmpty()) {
      Map<String, String> done = new LinkedHashMap<>();
      fields.forEach((name, value) -> done.put(name, value.toString()));
      paragraphs.add(new Deb822(done));
      fields.clear();
    }
  }

  /** The field's value; continuation lines are stripped and follow after a line feed. */
  public Optional<String> get(String field) {
    return Optional.ofNullable(fields.get(field.toLowerCase(Locale.ROOT)));
  }

  /**
   * A field that must be there.
   *
   * @throws MalformedInputException if there is no such field
   */
  public String require(String field) throws MalformedInputException {
    return get(field)
        .orElseThrow(
            () -> new MalformedInputException("expected a field '" + field + "', found none"));
  }

  /** The field's words; none if there is no such field. */
  public List<String> words(String field) {
    String value = get(field).orElse("").strip();
    return value.isEmpty() ? List.of() : List.of(value.split("\\s+", -1));
  }
}
