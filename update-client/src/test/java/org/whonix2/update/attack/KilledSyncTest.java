package org.whonix2.update.attack;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Real syncs that get SIGKILL at any moment. That files written in place would not stand it is
 * shown by StoppedSyncTest.
 */
class KilledSyncTest extends GrowingLogTest {
  /** So many were killed in time, and so many of these left the old tree. */
  private record Killed(int inTime, int old) {}

  private Killed kill(int rounds, Random random) throws Exception {
    ClientProcess client = new ClientProcess(folder);
    grow(300);
    long begun = System.nanoTime();
    assertThat(client.run(with("sync")).exitCode()).isZero();
    long usual = System.nanoTime() - begun;
    int inTime = 0;
    int old = 0;
    for (int round = 0; round < rounds; round++) {
      long before = isWhole(log.entries.size());
      grow(random.nextInt(1, 600));
      // From the start of the process to a little behind its usual end.
      long time = usual * (round + 2) / rounds + random.nextInt(30_000_000);
      if (client.start(with("sync")).killAfter(Duration.ofNanos(time))) {
        inTime++;
        old += isWhole(before) == before ? 1 : 0;
      }
      recovers();
      assertThat(halfWritten()).isEmpty();
    }
    return new Killed(inTime, old);
  }

  private Optional<Path> halfWritten() throws Exception {
    try (Stream<Path> files = Files.walk(state())) {
      return files.filter(file -> file.toString().endsWith(".tmp")).findFirst();
    }
  }

  @Test
  void killedAnywhere() throws Exception {
    assertThat(kill(5, new Random(7)).inTime).isPositive();
  }

  @Tag("heavy")
  @Test
  void killedAnywhereTwoHundredTimes() throws Exception {
    Killed killed = kill(200, new Random());
    // Otherwise none was killed in the middle.
    assertThat(killed.inTime).isGreaterThan(50);
    assertThat(killed.old).isBetween(10, killed.inTime - 1);
  }
}
