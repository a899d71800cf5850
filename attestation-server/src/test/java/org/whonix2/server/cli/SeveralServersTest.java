package org.whonix2.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.log.Checkpoint;
import org.whonix2.core.log.CheckpointVerification;
import org.whonix2.core.log.EntryBundle;
import org.whonix2.core.log.Frontier;
import org.whonix2.core.log.LogState;
import org.whonix2.core.log.TilePath;
import org.whonix2.core.log.TrustedLog;
import org.whonix2.server.PostgresCluster;
import org.whonix2.server.store.DatabaseLocation;

/** Two server processes on one PostgreSQL database, under load: one is killed, one is paused. */
class SeveralServersTest {
  private static final int CLIENTS = 4;

  @TempDir Path folder;
  private final Load load = new Load();
  private final ExecutorService threads = Executors.newCachedThreadPool();

  /** The root of each size that some server served. */
  private final Map<Long, Checkpoint> served = new ConcurrentHashMap<>();

  private Deployment deployment;
  private volatile ServerProcess one;
  private volatile ServerProcess two;
  private volatile boolean watching = true;
  private Future<Long> watcher;

  @BeforeEach
  void start() throws Exception {
    DatabaseLocation.Postgres database = PostgresCluster.shared().schema(folder.toString());
    deployment =
        new Deployment(
            folder,
            List.of(
                "--database",
                database.url(),
                "--database-user",
                database.user(),
                "--database-password-file",
                PostgresCluster.shared().passwordFile().toString()));
    // Both begin the log.
    Future<ServerProcess> first = threads.submit(() -> deployment.startServer());
    two = deployment.startServer();
    one = first.get(60, TimeUnit.SECONDS);
    load.start(CLIENTS, () -> one.address());
    load.start(CLIENTS, () -> two.address());
    watcher = threads.submit(this::watch);
  }

  @AfterEach
  void stop() {
    watching = false;
    load.close();
    deployment.close();
    threads.shutdownNow();
  }

  /** Asks both in turn: what one serves never goes back behind what the other served before. */
  private Long watch() throws Exception {
    TrustedLog log = TrustedLog.of(deployment.logKey());
    long newest = 0;
    while (watching) {
      for (ServerProcess server : List.of(one, two)) {
        byte[] note;
        try {
          note = Deployment.get(server.address(), "/checkpoint");
        } catch (IOException e) {
          continue; // killed
        }
        CheckpointVerification verified = log.verify(note);
        assertThat(verified).isInstanceOf(CheckpointVerification.Verified.class);
        Checkpoint checkpoint =
            ((CheckpointVerification.Verified) verified).checkpoint().checkpoint();
        assertThat(checkpoint.size()).as("never back").isGreaterThanOrEqualTo(newest);
        newest = checkpoint.size();
        Checkpoint other = served.putIfAbsent(newest, checkpoint);
        assertThat(other == null || other.equals(checkpoint)).as("one tree of a size").isTrue();
      }
    }
    return newest;
  }

  private void assertOneHistory() throws Exception {
    load.stop();
    watching = false;
    long newest = watcher.get(120, TimeUnit.SECONDS);
    for (ServerProcess server : List.of(one, two)) {
      load.assertEverythingAnsweredIsThere(server.address());
      LogState state = deployment.follow(server.address(), LogState.empty());
      assertThat(state.size()).isGreaterThanOrEqualTo(Math.max(newest, load.count()));
    }
    assertThat(deployment.check()).as("while they run").endsWith("proven\n");
    assertThat(served).as("many checkpoints were seen").hasSizeGreaterThan(10);
    Frontier frontier = Frontier.empty();
    for (long bundle = 0; frontier.size() < newest; bundle++) {
      int width = TilePath.widthAt(TilePath.ENTRIES, bundle, newest);
      byte[] entries = Deployment.get(one.address(), "/" + TilePath.entries(bundle, width));
      for (byte[] entry : EntryBundle.parse(entries, width)) {
        frontier = frontier.appendEntry(entry);
        Checkpoint checkpoint = served.get(frontier.size());
        Sha256 root = frontier.root();
        assertThat(checkpoint == null || checkpoint.root().equals(root)).isTrue();
      }
    }
  }

  /** So often, for so long. */
  private void pause(int times, long millis, Random random) throws Exception {
    for (int i = 0; i < times; i++) {
      load.awaitMore(10);
      Thread.sleep(random.nextInt(100));
      ServerProcess paused = i % 2 == 0 ? one : two;
      paused.pause();
      Thread.sleep(millis);
      paused.resume();
    }
    load.awaitMore(10);
  }

  private void kill(int times, Random random) throws Exception {
    for (int i = 0; i < times; i++) {
      load.awaitMore(10);
      Thread.sleep(random.nextInt(100));
      if (i % 2 == 0) {
        one.kill();
        load.awaitMore(10);
        one = deployment.startServer();
      } else {
        two.kill();
        load.awaitMore(10);
        two = deployment.startServer();
      }
    }
  }

  private void killOneWhileTwoSleeps(long millis) throws Exception {
    two.pause();
    // The other goes on meanwhile, at the latest when the server has ended the sleeper's session.
    load.awaitMore(20);
    one.kill();
    one = deployment.startServer();
    load.awaitMore(20);
    Thread.sleep(millis);
    two.resume();
    load.awaitMore(20);
  }

  @Test
  void onePausedAndOneKilledTheLogKeepsItsPromises() throws Exception {
    Random random = new Random(11);
    pause(4, 1_500, random);
    kill(2, random);
    killOneWhileTwoSleeps(0);
    assertOneHistory();
  }

  @Tag("heavy")
  @Test
  void onePausedForAMinuteCannotForkTheLog() throws Exception {
    Random random = new Random();
    for (int i = 0; i < 4; i++) {
      load.awaitMore(10);
      Thread.sleep(random.nextInt(100));
      killOneWhileTwoSleeps(61_000);
      kill(2, random);
    }
    pause(10, 3_000, random);
    assertOneHistory();
  }
}
