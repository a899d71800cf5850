package org.whonix2.core.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Function;
import org.whonix2.core.MalformedInputException;

/** What has to hold of every parser. */
public final class Parsed {
  private static final int LONGEST_MESSAGE = 2_000;

  private Parsed() {}

  /** A parser under test. */
  @FunctionalInterface
  public interface Parser<T> {
    T parse(byte[] input) throws MalformedInputException;
  }

  /** The value; empty if the parser refused it as it should. */
  public static <T> Optional<T> orRefused(byte[] input, Parser<T> parser) {
    try {
      return Optional.of(parser.parse(input));
    } catch (MalformedInputException e) {
      String message = String.valueOf(e.getMessage());
      boolean showable =
          !message.isEmpty()
              && message.length() <= LONGEST_MESSAGE
              && message.chars().noneMatch(c -> Character.isISOControl(c) && c != '\n');
      if (!showable) {
        throw new AssertionError("a message that cannot be shown: " + message, e);
      }
      return Optional.empty();
    }
  }

  /** What is written for a value gives that value again. */
  public static <T> void comesBack(byte[] input, Parser<T> parser, Function<T, byte[]> writer) {
    orRefused(input, parser).ifPresent(value -> assertComesBack(value, parser, writer));
  }

  /** The parser reads one text only for each value: what is written is what was read. */
  public static <T> void isExact(byte[] input, Parser<T> parser, Function<T, byte[]> writer) {
    orRefused(input, parser)
        .ifPresent(
            value -> {
              assertThat(writer.apply(value)).isEqualTo(input);
              assertComesBack(value, parser, writer);
            });
  }

  private static <T> void assertComesBack(T value, Parser<T> parser, Function<T, byte[]> writer) {
    byte[] written = writer.apply(value);
    T again;
    try {
      again = parser.parse(written);
    } catch (MalformedInputException e) {
      throw new AssertionError("what was written is not read", e);
    }
    assertThat(writer.apply(again)).isEqualTo(written);
  }

  /** The input as text. */
  public static String text(byte[] input) throws MalformedInputException {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(input)).toString();
    } catch (CharacterCodingException e) {
      throw new MalformedInputException("expected UTF-8", e);
    }
  }

  public static byte[] bytes(Object text) {
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }
}
