package org.whonix2.core.artifact;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.Quoted;

/**
 * One paragraph of deb822(5): fields by name, names compared without regard to case, continuation
 * lines kept with their line breaks. A field given twice is an error, as it is for dpkg.
 */
public final class ControlParagraph {
  private final Map<String, String> fields;

  private ControlParagraph(Map<String, String> fields) {
    this.fields = fields;
  }

  /** Reads exactly one paragraph; empty lines may stand only at its end. */
  public static ControlParagraph parse(String text) throws MalformedInputException {
    Map<String, StringBuilder> fields = new LinkedHashMap<>();
    StringBuilder current = null;
    boolean ended = false;
    int number = 0;
    for (String line : text.split("\n", -1)) {
      number++;
      if (line.isBlank()) {
        ended = ended || !fields.isEmpty();
        continue;
      }
      if (ended) {
        throw new MalformedInputException("line " + number + ": expected one paragraph, found two");
      }
      if (line.charAt(0) == ' ' || line.charAt(0) == '\t') {
        if (current == null) {
          throw new MalformedInputException(
              "line " + number + ": expected a field, found a continuation line");
        }
        current.append('\n').append(line);
        continue;
      }
      current = addField(line, number, fields);
    }
    Map<String, String> done = new LinkedHashMap<>();
    fields.forEach((name, value) -> done.put(name, value.toString()));
    return new ControlParagraph(done);
  }

  private static StringBuilder addField(String line, int number, Map<String, StringBuilder> fields)
      throws MalformedInputException {
    int colon = line.indexOf(':');
    if (colon <= 0 || line.charAt(0) == '-' || !isFieldName(line, colon)) {
      throw new MalformedInputException(
          "line " + number + ": expected 'Field: value', found " + Quoted.of(line));
    }
    String name = line.substring(0, colon).toLowerCase(Locale.ROOT);
    StringBuilder value = new StringBuilder(line.substring(colon + 1).strip());
    if (fields.put(name, value) != null) {
      throw new MalformedInputException(
          "line " + number + ": field " + Quoted.of(name) + " stands twice");
    }
    return value;
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

  public Optional<String> field(String name) {
    return Optional.ofNullable(fields.get(name.toLowerCase(Locale.ROOT)));
  }

  /** The field's value, or an error that names it. */
  public String required(String name) throws MalformedInputException {
    return field(name)
        .orElseThrow(
            () -> new MalformedInputException("expected a field " + name + ", found none"));
  }

  /** Name, version and architecture of a binary package's paragraph. */
  public PackageIdentity identity() throws MalformedInputException {
    return new PackageIdentity(
        PackageName.parse(required("Package")),
        PackageVersion.parse(required("Version")),
        Architecture.parse(required("Architecture")));
  }
}
