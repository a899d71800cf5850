package org.whonix2.core.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.Quoted;
import org.whonix2.core.Rfc3339;
import org.whonix2.core.TextParser;
import org.whonix2.core.digest.Sha256;

/**
 * One JSON object, read member by member; {@link #end} refuses members that nobody asked for.
 * Errors name the member by its path from the document's root.
 */
public final class JsonFields {
  /** The largest number that is read: every JSON reader agrees on those up to it. */
  public static final long MAX_NUMBER = (1L << 53) - 1;

  private static final int MAX_ELEMENTS = 10_000;

  private final String path;
  private final ObjectNode object;
  private final Set<String> asked = new HashSet<>();

  JsonFields(String path, ObjectNode object) {
    this.path = path;
    this.object = object;
  }

  public String string(String name) throws MalformedInputException {
    JsonNode node = required(name, "a string");
    if (!node.isTextual()) {
      throw unexpected(name, "a string");
    }
    return node.textValue();
  }

  /** A string that must be exactly this. */
  public void constant(String name, String value) throws MalformedInputException {
    if (!string(name).equals(value)) {
      throw unexpected(name, "\"" + value + "\"");
    }
  }

  public <T> T parsed(String name, TextParser<T> parser) throws MalformedInputException {
    try {
      return parser.parse(string(name));
    } catch (MalformedInputException e) {
      throw e.at(place(name));
    }
  }

  public Sha256 sha256(String name) throws MalformedInputException {
    return parsed(name, Sha256::parse);
  }

  /** A time as {@link Rfc3339} has it. */
  public Instant instant(String name) throws MalformedInputException {
    return parsed(name, Rfc3339::parse);
  }

  public boolean bool(String name) throws MalformedInputException {
    JsonNode node = required(name, "true or false");
    if (!node.isBoolean()) {
      throw unexpected(name, "true or false");
    }
    return node.booleanValue();
  }

  /** A whole number from {@code least} to {@link #MAX_NUMBER}. */
  public long number(String name, long least) throws MalformedInputException {
    JsonNode node = required(name, "a whole number");
    boolean whole = node.isIntegralNumber() && node.canConvertToLong();
    if (!whole || node.longValue() < least || node.longValue() > MAX_NUMBER) {
      throw unexpected(name, "a whole number from " + least + " to 2^53 - 1");
    }
    return node.longValue();
  }

  public JsonFields object(String name) throws MalformedInputException {
    JsonNode node = required(name, "an object");
    if (!(node instanceof ObjectNode inner)) {
      throw unexpected(name, "an object");
    }
    return new JsonFields(path + "/" + name, inner);
  }

  public Optional<String> optionalString(String name) throws MalformedInputException {
    asked.add(name);
    return object.has(name) ? Optional.of(string(name)) : Optional.empty();
  }

  /** A string that may be left out. */
  public <T> Optional<T> optionalParsed(String name, TextParser<T> parser)
      throws MalformedInputException {
    asked.add(name);
    return object.has(name) ? Optional.of(parsed(name, parser)) : Optional.empty();
  }

  /** An object that may be left out. */
  public Optional<JsonFields> optionalObject(String name) throws MalformedInputException {
    asked.add(name);
    return object.has(name) ? Optional.of(object(name)) : Optional.empty();
  }

  /** An array of strings. */
  public List<String> strings(String name) throws MalformedInputException {
    List<String> texts = new ArrayList<>();
    for (JsonNode element : array(name)) {
      if (!element.isTextual()) {
        throw unexpected(name, "an array of strings");
      }
      texts.add(element.textValue());
    }
    return texts;
  }

  /** An array of objects that may be left out; an empty one may not stand there. */
  public List<JsonFields> optionalObjects(String name) throws MalformedInputException {
    asked.add(name);
    if (!object.has(name)) {
      return List.of();
    }
    List<JsonFields> elements = objects(name);
    if (elements.isEmpty()) {
      throw unexpected(name, "at least one element");
    }
    return elements;
  }

  /** An array of objects. */
  public List<JsonFields> objects(String name) throws MalformedInputException {
    List<JsonFields> elements = new ArrayList<>();
    for (JsonNode element : array(name)) {
      if (!(element instanceof ObjectNode inner)) {
        throw unexpected(name, "an array of objects");
      }
      elements.add(new JsonFields(path + "/" + name + "/" + elements.size(), inner));
    }
    return elements;
  }

  private ArrayNode array(String name) throws MalformedInputException {
    JsonNode node = required(name, "an array");
    if (!(node instanceof ArrayNode array) || array.size() > MAX_ELEMENTS) {
      throw unexpected(name, "an array of at most " + MAX_ELEMENTS + " elements");
    }
    return array;
  }

  /** Ends the reading of this object: a member nobody asked for is an error. */
  public void end() throws MalformedInputException {
    for (Iterator<String> names = object.fieldNames(); names.hasNext(); ) {
      String name = names.next();
      if (!asked.contains(name)) {
        throw new MalformedInputException(
            "member " + path + "/" + Quoted.of(name) + ": expected no such member");
      }
    }
  }

  private JsonNode required(String name, String expected) throws MalformedInputException {
    asked.add(name);
    @Nullable JsonNode node = object.get(name);
    if (node == null) {
      throw new MalformedInputException(place(name) + ": expected " + expected + ", found nothing");
    }
    return node;
  }

  /** A complaint about one of this object's members. */
  public MalformedInputException unexpected(String name, String expected) {
    String found = Quoted.of(String.valueOf(object.get(name)));
    return new MalformedInputException(place(name) + ": expected " + expected + ", found " + found);
  }

  private String place(String name) {
    return "member " + path + "/" + name;
  }
}
