package org.whonix2.rebuilder.attest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.openpgp.Fingerprint;

class SequenceNumbersTest {
  private static final Fingerprint ALPHA = new Fingerprint("a".repeat(40));
  private static final Fingerprint BETA = new Fingerprint("b".repeat(40));

  @TempDir Path keyFolder;

  @Test
  void everyKeyCountsFromOneAndGoesOnAfterARestart() throws Exception {
    SequenceNumbers numbers = new SequenceNumbers(keyFolder);
    numbers.begin(ALPHA);
    numbers.begin(BETA);
    assertThat(numbers.next(ALPHA)).isEqualTo(1);
    assertThat(numbers.next(ALPHA)).isEqualTo(2);
    assertThat(numbers.next(BETA)).isEqualTo(1);
    assertThat(new SequenceNumbers(keyFolder).next(ALPHA)).isEqualTo(3);
    assertThat(keyFolder.resolve("sequence").resolve(ALPHA.toString())).hasContent("3\n");
  }

  @Test
  void noNumberIsGivenOutTwice() throws Exception {
    Set<Long> given = new ConcurrentSkipListSet<>();
    SequenceNumbers numbers = new SequenceNumbers(keyFolder);
    numbers.begin(ALPHA);
    Runnable taker =
        () -> {
          for (int i = 0; i < 25; i++) {
            try {
              given.add(numbers.next(ALPHA));
            } catch (Exception e) {
              throw new IllegalStateException(e);
            }
          }
        };
    Thread other = new Thread(taker);
    other.start();
    taker.run();
    other.join();
    assertThat(given).containsExactlyElementsOf(LongStream.rangeClosed(1, 50).boxed().toList());
  }

  @Test
  void aLostFileStopsEverythingAsTheNumbersBehindItAreUnknown() throws Exception {
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> new SequenceNumbers(keyFolder).next(ALPHA))
        .withMessageContaining("found no file");
    new SequenceNumbers(keyFolder).begin(BETA);
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> new SequenceNumbers(keyFolder).next(ALPHA));
  }

  @Test
  void numbersBeginOnce() throws Exception {
    new SequenceNumbers(keyFolder).begin(ALPHA);
    new SequenceNumbers(keyFolder).next(ALPHA);
    assertThatExceptionOfType(FileAlreadyExistsException.class)
        .isThrownBy(() -> new SequenceNumbers(keyFolder).begin(ALPHA));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "7", "seven\n", "-1\n", "07\n", "7\n8\n", "9999999999999999\n"})
  void aDamagedFileStopsEverything(String content) throws Exception {
    Path file = keyFolder.resolve("sequence").resolve(ALPHA.toString());
    Files.createDirectories(file.getParent());
    Files.writeString(file, content);
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> new SequenceNumbers(keyFolder).next(ALPHA));
    assertThat(file).hasContent(content);
  }
}
