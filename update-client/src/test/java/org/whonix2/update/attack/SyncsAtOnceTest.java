package org.whonix2.update.attack;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Real syncs beside each other. That without the lock they would spoil the store is shown by
 * BoxStoreTest.
 */
class SyncsAtOnceTest extends GrowingLogTest {
  /** How many were turned away. */
  private int together(int syncs, String... more) throws Exception {
    grow(300);
    ClientProcess client = new ClientProcess(folder);
    List<ClientProcess.Running> running = new ArrayList<>();
    for (int i = 0; i < syncs; i++) {
      running.add(client.start(with("sync", more)));
    }
    int turnedAway = 0;
    for (ClientProcess.Running one : running) {
      ClientProcess.Ended ended = one.end();
      assertNoStackTrace(ended.said());
      if (ended.exitCode() != 0) {
        turnedAway++;
        assertThat(ended.exitCode()).as(ended.said()).isEqualTo(5);
        assertThat(ended.said()).contains("error: another sync is running: ", "hint: wait until");
      }
    }
    assertThat(turnedAway).isLessThan(syncs);
    assertThat(isWhole(log.entries.size())).isEqualTo(log.entries.size());
    accepts(deb);
    return turnedAway;
  }

  private int turnedAway(int rounds) throws Exception {
    int turnedAway = 0;
    for (int round = 0; round < rounds; round++) {
      turnedAway += together(3);
    }
    return turnedAway;
  }

  @Test
  void atOnce() throws Exception {
    // So that they meet.
    log.bundleFilter =
        bundle -> {
          try {
            Thread.sleep(1_000);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          return bundle;
        };
    assertThat(turnedAway(2)).isPositive();
  }

  @Tag("heavy")
  @Test
  void atOnceFiftyTimes() throws Exception {
    assertThat(turnedAway(50)).isGreaterThan(25);
  }

  @Test
  void whoWaitsIsNotTurnedAway() throws Exception {
    assertThat(together(3, "--wait")).isZero();
  }
}
