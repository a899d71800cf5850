package org.whonix2.update.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.whonix2.core.log.FollowOutcome;
import org.whonix2.io.http.FetchException;
import org.whonix2.update.store.BoxStore;
import org.whonix2.update.sync.SyncLimits;

/** A sync that breaks off: the next one fetches what is missing, and believes nothing more. */
class ResumedSyncTest extends BoxTest {
  private static final int BUNDLE = 256;
  private static final int BUNDLES = 6;

  @BeforeEach
  void fillTheLog() {
    for (int i = 0; i < BUNDLES * BUNDLE; i++) {
      log.entries.add(("entry number " + i).getBytes(StandardCharsets.UTF_8));
    }
  }

  /** Serves so many bundles, as they are or changed, and then fails. */
  private void breakOffAfter(int bundles, int change) {
    AtomicInteger left = new AtomicInteger(bundles);
    log.bundleFilter =
        bundle -> {
          if (left.getAndDecrement() <= 0) {
            throw new IllegalStateException("closes the connection");
          }
          bundle[bundle.length - 1] ^= (byte) change;
          return bundle;
        };
  }

  private void serveWell() {
    log.bundleFilter = bundle -> bundle;
    log.bundles.set(0);
  }

  @Test
  void whatCameIsNotFetchedAgain() throws Exception {
    breakOffAfter(4, 0);
    assertThat(sync()).isEqualTo(5);
    assertThat(err).contains("it goes on where this one ended");
    assertThat(kept()).isZero();
    assertThat(unproven()).hasSize(4);

    serveWell();
    assertThat(sync()).isZero();
    assertThat(log.bundles).hasValue(BUNDLES - 4);
    assertThat(kept()).isEqualTo(BUNDLES * BUNDLE);
    assertThat(unproven()).isEmpty();
  }

  @Test
  void nothingIsBelievedBeforeItIsProven() throws Exception {
    breakOffAfter(4, 1);
    assertThat(sync()).isEqualTo(5);
    assertThat(unproven()).hasSize(4);

    // Now the same address is honest: what it sent before is thrown away, and all fetched.
    serveWell();
    assertThat(sync()).isZero();
    assertThat(log.bundles).hasValue(BUNDLES - 4 + BUNDLES);
    assertThat(kept()).isEqualTo(BUNDLES * BUNDLE);
    assertThat(unproven()).isEmpty();
  }

  @Test
  void whatWasKeptAndIsFalseLeavesNothingBehind() throws Exception {
    breakOffAfter(4, 1);
    assertThat(sync()).isEqualTo(5);
    breakOffAfter(100, 1);
    assertThat(sync()).isEqualTo(5);
    assertThat(err).contains("found other entries");
    assertThat(kept()).isZero();
    assertThat(unproven()).isEmpty();
  }

  @Test
  void whatOneAddressServedIsNotTakenForAnothers() throws Exception {
    breakOffAfter(4, 1);
    assertThat(sync()).isEqualTo(5);
    try (TestLog other = log.mirror()) {
      edit("\"" + log.url() + "\"", "\"" + other.url() + "\"");
      assertThat(sync()).isZero();
      assertThat(other.bundles).hasValue(BUNDLES);
      assertThat(unproven()).isEmpty();
    }
  }

  @Test
  void aKeptBundleThatIsDamagedIsFetched() throws Exception {
    breakOffAfter(4, 0);
    assertThat(sync()).isEqualTo(5);
    Files.write(unproven().get(1), new byte[] {0, 9, 1});
    serveWell();
    assertThat(sync()).isZero();
    assertThat(kept()).isEqualTo(BUNDLES * BUNDLE);
  }

  @Test
  void itGoesOnBehindWhatIsProven() throws Exception {
    assertThat(sync()).isZero();
    addEntries(2 * BUNDLE + 3);
    breakOffAfter(1, 0);
    assertThat(sync()).isEqualTo(5);
    assertThat(kept()).isEqualTo(BUNDLES * BUNDLE);
    serveWell();
    assertThat(sync()).isZero();
    assertThat(log.bundles).hasValue(2);
    assertThat(kept()).isEqualTo(BUNDLES * BUNDLE + 2 * BUNDLE + 3);
  }

  @Test
  void aLogThatIsTooLongForOneSyncComesInSeveral() throws Exception {
    SyncLimits limits = new SyncLimits(Duration.ofMinutes(1), 3L * BUNDLE * 20);
    assertThatExceptionOfType(FetchException.class)
        .isThrownBy(() -> follow(limits))
        .withMessageContaining("bytes of new entries, found more");
    assertThat(follow(limits)).isInstanceOf(FollowOutcome.Advanced.class);
    assertThat(kept()).isEqualTo(BUNDLES * BUNDLE);
  }

  @Test
  void aTimeLimitIsKept() throws Exception {
    log.bundleFilter =
        bundle -> {
          pause();
          return bundle;
        };
    assertThat(sync("--time-limit", "3s")).isEqualTo(5);
    assertThat(err).contains("expected to be done within PT3S, was not");
    int came = unproven().size();
    assertThat(came).isBetween(1, BUNDLES - 1);
    serveWell();
    assertThat(sync("--time-limit", "1m")).isZero();
    assertThat(log.bundles).hasValue(BUNDLES - came);
    assertThat(sync("--time-limit", "soon")).isEqualTo(2);
    assertThat(err).contains("expected a time such as 90s");
    assertThat(sync("--time-limit", "999999d")).isEqualTo(2);
    assertThat(err).contains("expected a time limit of at most 24h");
  }

  /** A bundle behind what is proven is false: then the log's past is not looked through for it. */
  @Test
  void oneFalseBundleDoesNotMakeTheWholeLogBeFetched() throws Exception {
    assertThat(sync()).isZero();
    addEntries(3 * BUNDLE);
    breakOffAfter(2, 1);
    assertThat(sync()).isEqualTo(5);
    assertThat(unproven()).hasSize(2);
    serveWell();
    assertThat(sync()).isZero();
    assertThat(log.bundles).hasValue(1 + 3);
    assertThat(kept()).isEqualTo((BUNDLES + 3) * BUNDLE);
  }

  @Test
  void aFalseBundleIsGoneAlsoIfTheNextSyncBreaksOff() throws Exception {
    assertThat(sync()).isZero();
    addEntries(4 * BUNDLE);
    breakOffAfter(1, 1);
    assertThat(sync()).isEqualTo(5);
    // Less than the whole log, though more than what is new.
    long bytes = BUNDLE * 30L;
    SyncLimits limits = new SyncLimits(Duration.ofMinutes(1), 3 * bytes);
    serveWell();
    assertThatExceptionOfType(FetchException.class).isThrownBy(() -> follow(limits));
    assertThat(follow(limits)).isInstanceOf(FollowOutcome.Advanced.class);
    assertThat(kept()).isEqualTo((BUNDLES + 4) * BUNDLE);
  }

  private void addEntries(int count) {
    for (int i = 0; i < count; i++) {
      log.entries.add(("a later entry, " + (100_000 + i)).getBytes(StandardCharsets.UTF_8));
    }
  }

  @Test
  void whereTheDiskFailsNothingUnprovenStays() throws Exception {
    breakOffAfter(4, 0);
    assertThat(sync()).isEqualTo(5);
    Path obstacle = Files.createFile(store().folder().resolve("tile"));
    assertThat(sync()).isEqualTo(5);
    assertThat(err).contains("could not be read or written").contains(obstacle.toString());
    assertThat(unproven()).isEmpty();
    Files.delete(obstacle);
    serveWell();
    assertThat(sync()).isZero();
  }

  @Test
  void quietPrintsOnlyWhatIsWrong() throws Exception {
    assertThat(sync("--quiet")).isZero();
    assertThat(out).isEmpty();
    assertThat(err).isEmpty();
    log.close();
    assertThat(sync("--quiet")).isEqualTo(5);
    assertThat(err).startsWith("error: " + TestLog.ORIGIN);
  }

  @Test
  void waitsForAnotherSync() throws Exception {
    AtomicInteger code = new AtomicInteger(-1);
    Thread waiting = new Thread(() -> code.set(sync("--wait", "--time-limit", "1m")));
    try (BoxStore writer = BoxStore.open(folder.resolve("state"), true)) {
      assertThat(sync("--wait", "--time-limit", "1s")).isEqualTo(5);
      assertThat(err).contains("another sync is running");
      waiting.start();
      pause();
      assertThat(writer.tickets()).isEmpty();
      assertThat(waiting.isAlive()).isTrue();
    }
    waiting.join(60_000);
    assertThat(code).hasValue(0);
    assertThat(kept()).isEqualTo(BUNDLES * BUNDLE);
  }

  /** Who waited goes by what was chosen meanwhile. */
  @Test
  void aPolicyThatIsPutInPlaceWhileItWaitsIsTheOneItReads() throws Exception {
    Path policy = folder.resolve("policy.yaml");
    String text = Files.readString(policy);
    Files.delete(policy);
    AtomicInteger code = new AtomicInteger(-1);
    Thread waiting = new Thread(() -> code.set(sync("--wait", "--time-limit", "1m")));
    try (BoxStore writer = BoxStore.open(folder.resolve("state"), true)) {
      waiting.start();
      pause();
      Files.writeString(policy, text);
      assertThat(writer.tickets()).isEmpty();
    }
    waiting.join(60_000);
    assertThat(code).hasValue(0);
  }

  /** What runs unattended goes by the policy that the owner last went by. */
  @Test
  void samePolicyIsTheOneOfTheTickets() throws Exception {
    Path own = folder.resolve("policy.yaml");
    Path etc = Files.createDirectory(folder.resolve("etc"));
    Path lax = etc.resolve("policy.yaml");
    Files.copy(folder.resolve("alpha.asc"), etc.resolve("alpha.asc"));
    Files.copy(folder.resolve("beta.asc"), etc.resolve("beta.asc"));
    Files.writeString(
        lax, Files.readString(own).replace("threshold: 2}\nveto", "threshold: 1}\nveto"));
    String[] unattended = {
      "sync",
      "--same-policy",
      "--config",
      etc.toString(),
      "--state",
      folder.resolve("state").toString()
    };
    assertThat(run(unattended)).isZero();
    assertThat(tickets().policy().orElseThrow().path()).isEqualTo(lax.toString());
    assertThat(sync()).isZero();
    assertThat(run(unattended)).isZero();
    assertThat(tickets().policy().orElseThrow().path()).isEqualTo(own.toString());

    // Also where that cannot be read for a while, or nobody knows any more which it was.
    Path away = Files.move(own, folder.resolve("away"));
    assertThat(run(unattended)).isEqualTo(1);
    assertThat(err).contains("there is no policy at " + own);
    Files.move(away, own);
    assertThat(run(unattended)).isZero();
    assertThat(tickets().policy().orElseThrow().path()).isEqualTo(own.toString());
    Files.writeString(folder.resolve("state/update/tickets"), "damaged");
    assertThat(run(unattended)).isEqualTo(3);
    assertThat(err).contains("the tickets are damaged");
    assertThat(Files.readString(folder.resolve("state/update/tickets"))).isEqualTo("damaged");
  }

  private static void pause() {
    try {
      Thread.sleep(1_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private long kept() throws Exception {
    return store().load(entry -> {}).size();
  }

  private List<Path> unproven() throws IOException {
    try (Stream<Path> files = Files.walk(folder.resolve("state"))) {
      return files
          .filter(Files::isRegularFile)
          .filter(file -> file.toString().contains("/unproven/"))
          .sorted()
          .toList();
    }
  }
}
