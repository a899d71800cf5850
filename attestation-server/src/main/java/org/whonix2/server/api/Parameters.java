package org.whonix2.server.api;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.Quoted;
import org.whonix2.core.TextParser;
import org.whonix2.server.catalogue.Window;

/**
 * The parameters after a URL's question mark, each at most once, none unknown. A plus sign is one:
 * versions have plus signs, and nothing that is asked for has a space.
 */
final class Parameters {
  static final String AFTER = "after";
  static final String LIMIT = "limit";

  private static final int DEFAULT_LIMIT = 50;
  private static final Pattern NUMBER = Pattern.compile("0|[1-9][0-9]{0,17}");
  private static final Pattern TOKEN = Pattern.compile("[a-z0-9][a-z0-9.+/-]{0,63}");

  private final Map<String, String> values;

  private Parameters(Map<String, String> values) {
    this.values = values;
  }

  /** Reads a query as it stands in the URL; there is none if it is null or empty. */
  static Parameters parse(@Nullable String query, Set<String> known)
      throws MalformedInputException {
    Map<String, String> values = new HashMap<>();
    if (query != null && !query.isEmpty()) {
      for (String pair : query.split("&", -1)) {
        int equals = pair.indexOf('=');
        String name = equals < 0 ? pair : pair.substring(0, equals);
        if (!known.contains(name)) {
          throw new MalformedInputException(
              "expected parameters among "
                  + String.join(", ", known.stream().sorted().toList())
                  + "; found "
                  + Quoted.of(name));
        }
        if (equals < 0 || values.putIfAbsent(name, decode(pair.substring(equals + 1))) != null) {
          throw new MalformedInputException(name + ": expected one value, found none or another");
        }
      }
    }
    return new Parameters(values);
  }

  private static String decode(String text) throws MalformedInputException {
    ByteBuffer bytes = ByteBuffer.allocate(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '%') {
        int high = i + 2 < text.length() ? Character.digit(text.charAt(i + 1), 16) : -1;
        int low = high < 0 ? -1 : Character.digit(text.charAt(i + 2), 16);
        if (low < 0) {
          throw new MalformedInputException("expected two hexadecimal digits after each '%'");
        }
        bytes.put((byte) (high << 4 | low));
        i += 2;
      } else if (c > ' ' && c < 0x7f) {
        bytes.put((byte) c);
      } else {
        throw new MalformedInputException("expected ASCII in a URL");
      }
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString();
    } catch (CharacterCodingException e) {
      throw new MalformedInputException("expected UTF-8 in a URL", e);
    }
  }

  /** The value of this name as something that can be read from text, if it is given. */
  <T> Optional<T> parsed(String name, TextParser<T> parser) throws MalformedInputException {
    String value = values.get(name);
    return value == null ? Optional.empty() : Optional.of(parse(name, value, parser));
  }

  /** Reads a value that has a name. */
  static <T> T parse(String name, String value, TextParser<T> parser)
      throws MalformedInputException {
    try {
      return parser.parse(value);
    } catch (MalformedInputException e) {
      throw new MalformedInputException(name + ": " + e.getMessage(), e);
    }
  }

  /** A short lower-case word. */
  static String token(String text) throws MalformedInputException {
    if (!TOKEN.matcher(text).matches()) {
      throw new MalformedInputException(
          "expected 1 to 64 characters from a-z, 0-9, '.', '+', '/' and '-', found "
              + Quoted.of(text));
    }
    return text;
  }

  static long number(String text) throws MalformedInputException {
    if (!NUMBER.matcher(text).matches()) {
      throw new MalformedInputException(
          "expected a decimal number of at most 18 digits, found " + Quoted.of(text));
    }
    return Long.parseLong(text);
  }

  private static int limit(String text) throws MalformedInputException {
    long limit = number(text);
    if (limit < 1 || limit > Window.MAX_LIMIT) {
      throw new MalformedInputException(
          "expected a number from 1 to " + Window.MAX_LIMIT + ", found " + limit);
    }
    return (int) limit;
  }

  /** What {@code after} and {@code limit} ask for of a tree of this size. */
  Window window(long size) throws MalformedInputException {
    return new Window(
        parsed(AFTER, Parameters::number).orElse(-1L),
        parsed(LIMIT, Parameters::limit).orElse(DEFAULT_LIMIT),
        size);
  }
}
