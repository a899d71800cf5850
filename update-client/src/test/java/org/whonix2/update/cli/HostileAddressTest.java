package org.whonix2.update.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.whonix2.core.log.FollowOutcome;
import org.whonix2.io.http.FetchException;
import org.whonix2.io.http.HttpDeadlines;
import org.whonix2.io.http.HttpTransport;
import org.whonix2.update.store.BoxStore;
import org.whonix2.update.sync.LogSync;
import org.whonix2.update.sync.SyncLimits;

/** A log with two addresses, of which the first is hostile or broken, and what a sync may cost. */
class HostileAddressTest extends BoxTest {
  private TestLog first;
  private TestLog second;

  @Override
  @BeforeEach
  protected void setUp() throws Exception {
    super.setUp();
    first = log;
    add(first, 300);
    second = first.mirror();
    edit("\"%s\"".formatted(first.url()), "\"%s\", \"%s\"".formatted(first.url(), second.url()));
  }

  @Override
  @AfterEach
  protected void tearDown() {
    super.tearDown();
    second.close();
  }

  private static void add(TestLog log, int count) {
    for (int i = 0; i < count; i++) {
      log.entries.add(("entry " + log.entries.size()).getBytes(StandardCharsets.UTF_8));
    }
  }

  /** How a sync ended, and with which code. */
  private String outcome() throws IOException {
    int code = sync("--json");
    return new ObjectMapper().readTree(out).at("/logs/0/outcome").asText() + " " + code;
  }

  private List<String> proofs() throws IOException {
    try (Stream<Path> files = Files.list(store().folder())) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.startsWith("rollback") || name.startsWith("fork"))
          .collect(Collectors.toList());
    }
  }

  @Test
  void oneThatShowsAnOlderTree() throws Exception {
    assertThat(outcome()).isEqualTo("advanced 0");
    first.entries = new ArrayList<>(first.entries.subList(0, 200));
    add(second, 9);
    assertThat(outcome()).isEqualTo("advanced 0");
    assertThat(outcome()).isEqualTo("unchanged 0");
    assertThat(proofs()).isEmpty();
  }

  @Test
  void oneThatStandsStill() throws Exception {
    assertThat(outcome()).isEqualTo("advanced 0");
    add(second, 9);
    assertThat(outcome()).isEqualTo("advanced 0");
    assertThat(store().load(entry -> {}).size()).isEqualTo(309);
  }

  @Test
  void oneThatGoesOnToWhatIsTooOld() throws Exception {
    first.cosignedAt = Instant.now().minus(Duration.ofDays(8));
    second.cosignedAt = Instant.now().minus(Duration.ofDays(9));
    // Each has what is stale; of the same tree the newer word is kept, whoever has it.
    assertThat(outcome()).isEqualTo("advanced 3");
    assertThat(out).contains("is of " + first.cosignedAt.truncatedTo(ChronoUnit.SECONDS));
    second.cosignedAt = Instant.now();
    assertThat(outcome()).isEqualTo("unchanged 0");
    add(second, 9);
    assertThat(outcome()).isEqualTo("advanced 0");
  }

  @Test
  void oneThatHasMoreAndIsFreshIsEnough() throws Exception {
    assertThat(outcome()).isEqualTo("advanced 0");
    assertThat(second.bundles).hasValue(0);
    add(first, 9);
    add(second, 99);
    assertThat(outcome()).isEqualTo("advanced 0");
    assertThat(second.bundles).hasValue(0);
  }

  @Test
  void oneThatHasNothingNewAndAnotherThatIsDown() throws Exception {
    assertThat(outcome()).isEqualTo("advanced 0");
    second.close();
    assertThat(outcome()).isEqualTo("unchanged 0");
  }

  @Test
  void oneThatStandsStillAndAnotherThatForks() throws Exception {
    assertThat(outcome()).isEqualTo("advanced 0");
    second.entries.set(7, new byte[] {1});
    assertThat(outcome()).isEqualTo("fork 4");
  }

  @Test
  void oneThatShowsTheTreeWithTooFewWitnesses() throws Exception {
    first.cosigners = List.of(first.w1);
    assertThat(outcome()).isEqualTo("advanced 0");
  }

  @Test
  void oneThatServesOtherEntries() throws Exception {
    first.bundleFilter =
        bundle -> {
          bundle[bundle.length - 1] ^= 1;
          return bundle;
        };
    assertThat(outcome()).isEqualTo("advanced 0");
    assertThat(first.bundles).hasPositiveValue();
  }

  @Test
  void oneThatIsAnotherLog() throws Exception {
    try (TestLog other = new TestLog()) {
      edit(first.url(), other.url());
      assertThat(outcome()).isEqualTo("advanced 0");
    }
  }

  @Test
  void oneThatIsDown() throws Exception {
    first.close();
    assertThat(outcome()).isEqualTo("advanced 0");
  }

  @Test
  void oneThatHasNoEntries() throws Exception {
    first.bundleFilter =
        bundle -> {
          throw new IllegalStateException("closes the connection");
        };
    assertThat(outcome()).isEqualTo("advanced 0");
  }

  @Test
  void oneThatForks() throws Exception {
    assertThat(outcome()).isEqualTo("advanced 0");
    first.entries.set(7, new byte[] {1});
    assertThat(outcome()).isEqualTo("fork 4");
    assertThat(proofs()).containsExactly("fork");
  }

  @Test
  void oneThatForkedAtASmallerSize() throws Exception {
    assertThat(outcome()).isEqualTo("advanced 0");
    first.entries = new ArrayList<>(first.entries.subList(0, 200));
    first.entries.set(7, new byte[] {1});
    assertThat(outcome()).isEqualTo("fork 4");
    assertThat(outcome()).isEqualTo("fork 4");
    assertThat(proofs()).containsExactly("fork");
  }

  @Test
  void bothShowAnOlderTree() throws Exception {
    assertThat(outcome()).isEqualTo("advanced 0");
    List<byte[]> whole = first.entries;
    first.entries = new ArrayList<>(whole.subList(0, 200));
    second.entries = new ArrayList<>(whole.subList(0, 100));
    assertThat(outcome()).isEqualTo("rollback 4");
    assertThat(proofs()).containsExactly("rollback");
    first.entries = whole;
    assertThat(outcome()).isEqualTo("unchanged 0");
    assertThat(proofs()).singleElement().asString().startsWith("rollback-");
  }

  @Test
  void oneShowsAnOlderTreeAndTheOtherNothing() throws Exception {
    assertThat(outcome()).isEqualTo("advanced 0");
    first.entries = new ArrayList<>(first.entries.subList(0, 200));
    second.close();
    assertThat(outcome()).isEqualTo("rollback 4");
  }

  @Test
  void oneShowsAnOlderTreeAndTheOtherALargerOneThatTooFewWitnessed() throws Exception {
    assertThat(outcome()).isEqualTo("advanced 0");
    first.entries = new ArrayList<>(first.entries.subList(0, 200));
    add(second, 9);
    second.cosigners = List.of();
    assertThat(outcome()).isEqualTo("not-witnessed 3");
    assertThat(proofs()).isEmpty();
  }

  @Test
  void bothAreDown() throws Exception {
    first.close();
    second.close();
    assertThat(outcome()).isEqualTo("unreachable 5");
    assertThat(out).contains(first.url() + "/checkpoint", second.url() + "/checkpoint");
  }

  @Test
  void aClockBehindTheWitnessesIsCalledThat() throws Exception {
    Instant later = Instant.now().plus(Duration.ofHours(1));
    first.cosignedAt = later;
    try (HttpTransport transport = new HttpTransport(HttpDeadlines.STANDARD)) {
      assertThat(new LogSync(policy(), transport, later).sync(policy().logs().get(0), store()))
          .isInstanceOf(FollowOutcome.Advanced.class);
    }
    // The second address has what a clock put back would take for new.
    add(second, 9);
    assertThat(outcome()).isEqualTo("clock-behind 3");
    assertThat(out).contains("the clock is behind: expected at least ");
    assertThat(store().load(entry -> {}).size()).isEqualTo(300);
  }

  @Test
  void aStoreThatCannotBeWrittenIsNotTheNetworksFault() throws Exception {
    assertThat(outcome()).isEqualTo("advanced 0");
    // A file where a folder has to be made, as permissions do not stop root.
    add(first, 256);
    Path obstacle = Files.writeString(store().folder().resolve("tile/entries/002.p"), "");
    assertThat(outcome()).isEqualTo("store-failed 5");
    assertThat(out).contains("Exception: ", obstacle.toString());
    Files.delete(obstacle);
    assertThat(outcome()).isEqualTo("advanced 0");
  }

  @Test
  void oneWhoseEntriesTheDiskCannotTakeIsLeft() throws Exception {
    assertThat(outcome()).isEqualTo("advanced 0");
    add(second, 9);
    add(first, 256);
    // As above: what only the first has needs this folder.
    Files.writeString(store().folder().resolve("tile/entries/002.p"), "");
    assertThat(outcome()).isEqualTo("advanced 0");
    assertThat(store().load(entry -> {}).size()).isEqualTo(309);
  }

  @Test
  void aSecondSyncIsTurnedAway() throws Exception {
    try (BoxStore writer = BoxStore.open(state(), true)) {
      assertThat(writer.log(TestLog.ORIGIN).load(entry -> {}).note()).isEmpty();
      assertThat(outcome()).isEqualTo(" 5");
      assertThat(err).startsWith("error: another sync is running: ").contains("hint: wait until");
    }
  }

  @Test
  void anAddressThatServesTooMuchIsLeft() throws Exception {
    // Each is allowed as much as the honest log has.
    long honest = 300 * 11;
    first.entries.set(299, new byte[60_000]);
    assertThat(follow(new SyncLimits(Duration.ofHours(1), honest)))
        .isInstanceOf(FollowOutcome.Advanced.class);
    assertThat(second.bundles).hasValue(2);
    assertThatExceptionOfType(FetchException.class)
        .isThrownBy(
            () -> {
              add(second, 1000);
              first.entries = second.entries;
              follow(new SyncLimits(Duration.ofHours(1), honest));
            })
        .withMessageContaining("expected at most 3300 bytes of new entries, found more");
    assertThat(store().load(entry -> {}).size()).isEqualTo(300);
  }

  @Test
  void aSlowAddressLeavesTimeToTheOther() throws Exception {
    first.bundleFilter =
        bundle -> {
          pause(3_200);
          return bundle;
        };
    assertThat(follow(new SyncLimits(Duration.ofSeconds(6), 1 << 20)))
        .isInstanceOf(FollowOutcome.Advanced.class);
    assertThat(first.bundles).hasValue(1);
    assertThat(second.bundles).hasValue(2);
  }

  @Test
  void aSyncEnds() throws Exception {
    first.bundleFilter =
        bundle -> {
          pause(200);
          return bundle;
        };
    second.bundleFilter = first.bundleFilter;
    add(first, 256 * 20);
    second.entries = first.entries;
    assertThatExceptionOfType(FetchException.class)
        .isThrownBy(() -> follow(new SyncLimits(Duration.ofSeconds(1), 1 << 20)))
        .withMessageContaining("expected to be done within PT0.");
    assertThat(first.bundles.get() + second.bundles.get()).isLessThan(10);
  }

  private static void pause(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
