package org.whonix2.update.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.whonix2.core.log.FollowOutcome;
import org.whonix2.core.openpgp.SecretKey;
import org.whonix2.core.policy.LogSource;
import org.whonix2.core.policy.UpdatePolicy;
import org.whonix2.io.cli.Program;
import org.whonix2.io.files.AtomicFiles;
import org.whonix2.io.http.FetchException;
import org.whonix2.io.http.HttpDeadlines;
import org.whonix2.io.http.HttpTransport;
import org.whonix2.update.store.BoxStore;
import org.whonix2.update.store.LogStore;
import org.whonix2.update.sync.LogSync;
import org.whonix2.update.sync.SyncLimits;

/** A log with two addresses, of which the first is hostile or broken, and what a sync may cost. */
class HostileAddressTest {
  @TempDir private Path folder;
  private TestLog first;
  private TestLog second;
  private String out = "";
  private String err = "";

  @BeforeEach
  void setUp() throws Exception {
    first = new TestLog();
    add(first, 300);
    second = first.mirror();
    SecretKey rebuilder =
        SecretKey.generate("alpha", Instant.now().minusSeconds(5), Duration.ofDays(30));
    Files.writeString(folder.resolve("alpha.asc"), rebuilder.certificate().toArmored());
    Files.writeString(
        folder.resolve("policy.yaml"),
        """
        apiVersion: policy.whonix2.org/v1
        kind: UpdatePolicy
        metadata: {name: test, serial: 1, expires: 2099-01-01T00:00:00Z}
        mode: enforce
        logs: [{origin: %s, key: "%s", urls: ["%s", "%s"]}]
        witnesses:
          threshold: 2
          of: [{name: w1, operator: c, key: "%s"}, {name: w2, operator: d, key: "%s"}]
        rebuilders:
          - {name: alpha-1, operator: alpha, jurisdiction: DE, fingerprint: %s, certificate: alpha.asc,
             tool: whonix2-rebuilder, platform: {architecture: amd64, cpuVendor: AMD, kernel: linux},
             compilerRoots: [gcc]}
        quorum: {threshold: 1}
        veto: {operators: 1}
        freshness: {maxAge: 7d}
        """
            .formatted(
                TestLog.ORIGIN,
                first.key.verifierKey(),
                first.url(),
                second.url(),
                first.w1.verifierKey(),
                first.w2.verifierKey(),
                rebuilder.certificate().fingerprint()));
  }

  @AfterEach
  void tearDown() {
    first.close();
    second.close();
  }

  private static void add(TestLog log, int count) {
    for (int i = 0; i < count; i++) {
      log.entries.add(("entry " + log.entries.size()).getBytes(StandardCharsets.UTF_8));
    }
  }

  private String sync() throws IOException {
    StringWriter outText = new StringWriter();
    StringWriter errText = new StringWriter();
    int code =
        Program.run(
            new UpdateProgram(),
            new PrintWriter(outText),
            new PrintWriter(errText),
            "sync",
            "--json",
            "--policy",
            folder.resolve("policy.yaml").toString(),
            "--state",
            state().toString());
    out = outText.toString();
    err = errText.toString();
    return new ObjectMapper().readTree(out).at("/logs/0/outcome").asText() + " " + code;
  }

  private Path state() {
    return folder.resolve("state");
  }

  private Path logFolder() throws IOException {
    try (Stream<Path> logs = Files.list(state().resolve("update/logs"))) {
      return logs.findFirst().orElseThrow();
    }
  }

  private List<String> proofs() throws IOException {
    try (Stream<Path> files = Files.list(logFolder())) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.startsWith("rollback") || name.startsWith("fork"))
          .collect(Collectors.toList());
    }
  }

  @Test
  void oneThatShowsAnOlderTree() throws Exception {
    assertThat(sync()).isEqualTo("advanced 0");
    first.entries = new ArrayList<>(first.entries.subList(0, 200));
    add(second, 9);
    assertThat(sync()).isEqualTo("advanced 0");
    assertThat(sync()).isEqualTo("unchanged 0");
    assertThat(proofs()).isEmpty();
  }

  @Test
  void oneThatShowsTheTreeWithTooFewWitnesses() throws Exception {
    first.cosigners = List.of(first.w1);
    assertThat(sync()).isEqualTo("advanced 0");
  }

  @Test
  void oneThatServesOtherEntries() throws Exception {
    first.bundleFilter =
        bundle -> {
          bundle[bundle.length - 1] ^= 1;
          return bundle;
        };
    assertThat(sync()).isEqualTo("advanced 0");
    assertThat(first.bundles).hasPositiveValue();
  }

  @Test
  void oneThatIsAnotherLog() throws Exception {
    try (TestLog other = new TestLog()) {
      readdress(first, other);
      assertThat(sync()).isEqualTo("advanced 0");
    }
  }

  private void readdress(TestLog from, TestLog to) throws IOException {
    Path policy = folder.resolve("policy.yaml");
    Files.writeString(policy, Files.readString(policy).replace(from.url(), to.url()));
  }

  @Test
  void oneThatIsDown() throws Exception {
    first.close();
    assertThat(sync()).isEqualTo("advanced 0");
  }

  @Test
  void oneThatHasNoEntries() throws Exception {
    first.bundleFilter =
        bundle -> {
          throw new IllegalStateException("closes the connection");
        };
    assertThat(sync()).isEqualTo("advanced 0");
  }

  @Test
  void oneThatForks() throws Exception {
    assertThat(sync()).isEqualTo("advanced 0");
    first.entries.set(7, new byte[] {1});
    assertThat(sync()).isEqualTo("fork 4");
    assertThat(proofs()).containsExactly("fork");
  }

  @Test
  void oneThatForkedAtASmallerSize() throws Exception {
    assertThat(sync()).isEqualTo("advanced 0");
    first.entries = new ArrayList<>(first.entries.subList(0, 200));
    first.entries.set(7, new byte[] {1});
    assertThat(sync()).isEqualTo("fork 4");
    assertThat(sync()).isEqualTo("fork 4");
    assertThat(proofs()).containsExactly("fork");
  }

  @Test
  void bothShowAnOlderTree() throws Exception {
    assertThat(sync()).isEqualTo("advanced 0");
    List<byte[]> whole = first.entries;
    first.entries = new ArrayList<>(whole.subList(0, 200));
    second.entries = new ArrayList<>(whole.subList(0, 100));
    assertThat(sync()).isEqualTo("rollback 4");
    assertThat(proofs()).containsExactly("rollback");
    first.entries = whole;
    assertThat(sync()).isEqualTo("unchanged 0");
    assertThat(proofs()).singleElement().asString().startsWith("rollback-");
  }

  @Test
  void oneShowsAnOlderTreeAndTheOtherNothing() throws Exception {
    assertThat(sync()).isEqualTo("advanced 0");
    first.entries = new ArrayList<>(first.entries.subList(0, 200));
    second.close();
    assertThat(sync()).isEqualTo("rollback 4");
  }

  @Test
  void oneShowsAnOlderTreeAndTheOtherALargerOneThatTooFewWitnessed() throws Exception {
    assertThat(sync()).isEqualTo("advanced 0");
    first.entries = new ArrayList<>(first.entries.subList(0, 200));
    add(second, 9);
    second.cosigners = List.of();
    assertThat(sync()).isEqualTo("not-witnessed 3");
    assertThat(proofs()).isEmpty();
  }

  @Test
  void bothAreDown() throws Exception {
    first.close();
    second.close();
    assertThat(sync()).isEqualTo("unreachable 5");
    assertThat(out).contains(first.url() + "/checkpoint", second.url() + "/checkpoint");
  }

  @Test
  void aClockBehindTheWitnessesIsCalledThat() throws Exception {
    Instant later = Instant.now().plus(Duration.ofHours(1));
    first.cosignedAt = later;
    try (HttpTransport transport = new HttpTransport(HttpDeadlines.STANDARD)) {
      assertThat(new LogSync(policy(), transport, later).sync(source(), store()))
          .isInstanceOf(FollowOutcome.Advanced.class);
    }
    // The second address has what a clock put back would take for new.
    add(second, 9);
    assertThat(sync()).isEqualTo("clock-behind 3");
    assertThat(out).contains("the clock is behind: expected at least ");
    assertThat(store().load(entry -> {}).size()).isEqualTo(300);
  }

  @Test
  void aStoreThatCannotBeWrittenIsNotTheNetworksFault() throws Exception {
    assertThat(sync()).isEqualTo("advanced 0");
    // A file where a folder has to be made, as permissions do not stop root.
    add(first, 256);
    Path obstacle = Files.writeString(logFolder().resolve("tile/entries/002.p"), "");
    assertThat(sync()).isEqualTo("store-failed 5");
    assertThat(out).contains("Exception: ", obstacle.toString());
    Files.delete(obstacle);
    assertThat(sync()).isEqualTo("advanced 0");
  }

  @Test
  void oneWhoseEntriesTheDiskCannotTakeIsLeft() throws Exception {
    assertThat(sync()).isEqualTo("advanced 0");
    add(second, 9);
    add(first, 256);
    // As above: what only the first has needs this folder.
    Files.writeString(logFolder().resolve("tile/entries/002.p"), "");
    assertThat(sync()).isEqualTo("advanced 0");
    assertThat(store().load(entry -> {}).size()).isEqualTo(309);
  }

  @Test
  void aSecondSyncIsTurnedAway() throws Exception {
    try (BoxStore writer = BoxStore.open(state(), true)) {
      assertThat(writer.log(TestLog.ORIGIN).load(entry -> {}).note()).isEmpty();
      assertThat(sync()).isEqualTo(" 5");
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

  private FollowOutcome follow(SyncLimits limits) throws Exception {
    try (HttpTransport transport = new HttpTransport(HttpDeadlines.STANDARD)) {
      return new LogSync(policy(), transport, Instant.now(), limits).sync(source(), store());
    }
  }

  private UpdatePolicy policy() throws Exception {
    return UpdatePolicy.parse(
        AtomicFiles.read(folder.resolve("policy.yaml"), 1 << 16),
        (name, most) -> AtomicFiles.read(folder.resolve(name), most));
  }

  private LogSource source() throws Exception {
    return policy().logs().get(0);
  }

  private LogStore store() throws IOException {
    try (BoxStore store = BoxStore.open(state(), false)) {
      return store.log(TestLog.ORIGIN);
    }
  }
}
