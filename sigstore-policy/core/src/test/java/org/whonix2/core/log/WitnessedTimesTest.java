package org.whonix2.core.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.whonix2.core.MalformedInputException;

/** By when an entry stood in the log: the earliest time of a tree that has it. */
class WitnessedTimesTest {
  private static final Instant NOW = at(10_000);

  private static Instant at(long seconds) {
    return Instant.ofEpochSecond(seconds);
  }

  @Test
  void anEntryStoodThereByTheFirstTreeThatHasIt() {
    WitnessedTimes times = WitnessedTimes.none().with(10, at(100)).with(20, at(200));
    assertThat(times.of(0, NOW)).isEqualTo(at(100));
    assertThat(times.of(9, NOW)).isEqualTo(at(100));
    assertThat(times.of(10, NOW)).isEqualTo(at(200));
    assertThat(times.of(19, NOW)).isEqualTo(at(200));
    assertThat(times.of(20, NOW)).isEqualTo(NOW);
    assertThat(times.of(0, at(50))).isEqualTo(at(50));
  }

  @Test
  void treesBeginWithOneEntry() {
    assertThat(WitnessedTimes.none().with(1, at(100)).of(0, NOW)).isEqualTo(at(100));
    assertThat(WitnessedTimes.none().with(0, at(100)).toBytes()).isEmpty();
  }

  @Test
  void aLaterTimeOfTheSameTreeChangesNothing() {
    WitnessedTimes times = WitnessedTimes.none().with(10, at(100)).with(10, at(150));
    assertThat(times.of(9, NOW)).isEqualTo(at(100));
  }

  @Test
  void anEarlierTimeOfALargerTreeReplacesLaterOnes() {
    WitnessedTimes times =
        WitnessedTimes.none().with(10, at(300)).with(30, at(400)).with(20, at(200));
    assertThat(times.of(5, NOW)).isEqualTo(at(200));
    assertThat(times.of(25, NOW)).isEqualTo(at(400));
    assertThat(times.with(15, at(250)).of(12, NOW)).isEqualTo(at(200));
    assertThat(new String(times.toBytes(), StandardCharsets.US_ASCII))
        .isEqualTo("20 200\n30 400\n");
  }

  @Test
  void twentyThousandAreKeptAndReadAndNoMore() throws Exception {
    WitnessedTimes times = upTo(20_000);
    assertThat(times.of(12_344, NOW.plusSeconds(90_000))).isEqualTo(at(12_345));
    assertThat(upTo(19_999).with(20_000, at(20_000)).toBytes()).isEqualTo(times.toBytes());
    byte[] one = "20001 20001\n".getBytes(StandardCharsets.US_ASCII);
    byte[] more = Arrays.copyOf(times.toBytes(), times.toBytes().length + one.length);
    System.arraycopy(one, 0, more, more.length - one.length, one.length);
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> WitnessedTimes.parse(more))
        .withMessageStartingWith("expected at most 20000 sizes and times");
  }

  @Test
  void tooManyAreThinnedAndNeverToldEarlier() throws Exception {
    WitnessedTimes times = upTo(19_950);
    for (int size = 19_951; size <= 20_050; size++) {
      times = times.with(size, at(size));
    }
    assertThat(times.toBytes()).hasSizeLessThan(WitnessedTimes.MAX_BYTES);
    assertThat(WitnessedTimes.parse(times.toBytes()).toBytes()).isEqualTo(times.toBytes());
    for (int index = 0; index < 20_050; index++) {
      long told = times.of(index, at(1_000_000)).getEpochSecond();
      assertThat(told).isBetween(index + 1L, index + 2L);
    }
  }

  /** A tree of each size to this one, each a second after the one before. */
  private static WitnessedTimes upTo(int size) throws MalformedInputException {
    StringBuilder text = new StringBuilder();
    for (int each = 1; each <= size; each++) {
      text.append(each).append(' ').append(each).append('\n');
    }
    return WitnessedTimes.parse(text.toString().getBytes(StandardCharsets.US_ASCII));
  }

  @Test
  void itReadsWhatItWrites() throws Exception {
    byte[] text = "10 100\n20 200\n".getBytes(StandardCharsets.US_ASCII);
    assertThat(WitnessedTimes.parse(text).toBytes()).isEqualTo(text);
    assertThat(WitnessedTimes.parse(new byte[0]).toBytes()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "10 100",
        "10 100\n10 200\n",
        "10 100\n9 200\n",
        "10 100\n20 100\n",
        "10 200\n20 100\n",
        "0 100\n",
        "-1 100\n",
        "10  100\n",
        "10 100 \n",
        "10 x\n",
        "\n",
        "99999999999999999 1\n",
        "1 9999999999999\n",
      })
  void anythingElseIsRefused(String text) {
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> WitnessedTimes.parse(text.getBytes(StandardCharsets.US_ASCII)));
  }
}
