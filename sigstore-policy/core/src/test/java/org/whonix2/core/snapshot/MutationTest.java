package org.whonix2.core.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.whonix2.core.snapshot.Suites.entry;
import static org.whonix2.core.snapshot.Suites.list;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.whonix2.core.MalformedInputException;

/**
 * Any bytes either are refused with the declared exception or are the one encoding of what was
 * read: written again they are the same bytes.
 */
class MutationTest {
  private interface Format {
    byte[] readAndWrite(byte[] bytes) throws MalformedInputException;
  }

  static Stream<Arguments> formats() throws MalformedInputException {
    Random random = new Random(6);
    CanonicalList from = list(entry("aa", "1", "1"), entry("ab", "1", "2"), entry("ba", "1", "3"));
    CanonicalList to = list(entry("aa", "2", "4"), entry("ab", "1", "2"), entry("abc", "1", "5"));
    StateVector before = Suites.randomVector(random, from);
    StateVector after = Suites.randomVector(random, to);
    Format lists = bytes -> CanonicalList.parse(bytes).bytes();
    Format vectors = bytes -> StateVector.parse(bytes).bytes();
    Format listDeltas = bytes -> ListDelta.parse(bytes).bytes();
    Format vectorDeltas = bytes -> VectorDelta.parse(bytes).bytes();
    return Stream.of(
        Arguments.of("list", from.bytes(), lists),
        Arguments.of("vector", after.bytes(), vectors),
        Arguments.of("list delta", ListDelta.between(from, to).bytes(), listDeltas),
        Arguments.of(
            "vector delta", VectorDelta.between(from, before, to, after).bytes(), vectorDeltas));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("formats")
  void everyByteChangedInEveryWay(String name, byte[] bytes, Format format) throws Exception {
    assertThat(format.readAndWrite(bytes)).isEqualTo(bytes);
    for (int at = 0; at < bytes.length; at++) {
      for (int value = 0; value < 256; value++) {
        byte[] changed = bytes.clone();
        changed[at] = (byte) value;
        assertCanonicalOrRefused(format, changed);
      }
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("formats")
  void everyTruncationIsRefused(String name, byte[] bytes, Format format) {
    for (int length = 0; length < bytes.length; length++) {
      byte[] cut = Arrays.copyOf(bytes, length);
      boolean wholeLine = name.equals("list") && length > 0 && cut[length - 1] == '\n';
      assertThat(assertCanonicalOrRefused(format, cut)).as("%d bytes", length).isEqualTo(wholeLine);
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("formats")
  void manyBytesChangedAtOnce(String name, byte[] bytes, Format format) {
    Random random = new Random(7);
    for (int round = 0; round < 20_000; round++) {
      byte[] changed = Arrays.copyOf(bytes, bytes.length + random.nextInt(8) - 4);
      for (int edit = random.nextInt(6); edit >= 0; edit--) {
        int at = Math.min(changed.length - 1, random.nextInt(changed.length));
        changed[at] = pick(random, bytes);
      }
      assertCanonicalOrRefused(format, changed);
    }
  }

  private static byte pick(Random random, byte[] bytes) {
    List<Integer> telling = List.of(0, 1, 0x7f, 0x80, 0xff, (int) ' ', (int) '\n');
    return switch (random.nextInt(3)) {
      case 0 -> (byte) (int) telling.get(random.nextInt(telling.size()));
      case 1 -> bytes[random.nextInt(bytes.length)];
      default -> (byte) random.nextInt(256);
    };
  }

  /** Whether it was taken. */
  private static boolean assertCanonicalOrRefused(Format format, byte[] bytes) {
    byte[] written;
    try {
      written = format.readAndWrite(bytes);
    } catch (MalformedInputException e) {
      assertThat(e).hasMessageNotContaining("null");
      return false;
    }
    assertThat(written).isEqualTo(bytes);
    return true;
  }
}
