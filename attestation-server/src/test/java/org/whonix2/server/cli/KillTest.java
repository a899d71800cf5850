package org.whonix2.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.whonix2.core.log.LogState;
import org.whonix2.server.TestDatabase;

/** Real processes: a server under load that is killed or stopped, and its witness. */
class KillTest {
  private static final int CLIENTS = 8;

  @TempDir Path folder;
  private final Load load = new Load();
  private Deployment deployment;
  private volatile ServerProcess server;

  @BeforeEach
  void start() throws Exception {
    deployment = new Deployment(folder, TestDatabase.arguments(folder));
    server = deployment.startServer();
    load.start(CLIENTS, () -> server.address());
  }

  @AfterEach
  void stop() {
    load.close();
    deployment.close();
  }

  /** Kills it so often; the clients go on with the next one. */
  private void kill(int times, Random random) throws Exception {
    LogState kept = LogState.empty();
    for (int round = 0; round < times; round++) {
      load.awaitMore(5);
      Thread.sleep(random.nextInt(150));
      server.kill();
      server = deployment.startServer();
      kept = deployment.follow(server.address(), kept);
    }
    load.stop();
    load.assertEverythingAnsweredIsThere(server.address());
    kept = deployment.follow(server.address(), kept);
    assertThat(kept.size()).isGreaterThanOrEqualTo(load.count());
    assertThat(load.count()).isGreaterThanOrEqualTo(5 * times);
    assertThat(server.terminate()).isTrue();
    assertThat(deployment.check()).contains("cosigned by [w1]").endsWith("proven\n");
  }

  @Test
  void killedUnderLoadItLosesNothingAnsweredAndItsLogStillExtendsTheOldOne() throws Exception {
    kill(4, new Random(37));
  }

  @Tag("heavy")
  @Test
  void killedTwoHundredTimesItLosesNothingAnswered() throws Exception {
    kill(200, new Random());
  }

  @Test
  void aWitnessThatIsKilledKnowsWhatItCosigned() throws Exception {
    load.awaitMore(10);
    deployment.killWitness();
    Thread.sleep(100);
    server.kill();
    deployment.restartWitness();
    server = deployment.startServer();
    load.stop();
    LogState kept = deployment.follow(server.address(), LogState.empty());
    load.assertEverythingAnsweredIsThere(server.address());
    assertThat(kept.size()).isGreaterThanOrEqualTo(load.count());
  }

  @Test
  void askedToStopItAnswersWhatItTookAndEnds() throws Exception {
    load.awaitMore(10);
    Thread.sleep(50);
    assertThat(server.terminate()).isTrue();
    server = deployment.startServer();
    load.stop();
    LogState kept = deployment.follow(server.address(), LogState.empty());
    load.assertEverythingAnsweredIsThere(server.address());
    assertThat(kept.size()).isGreaterThanOrEqualTo(load.count());
  }
}
