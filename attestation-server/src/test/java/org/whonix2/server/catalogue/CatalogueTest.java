package org.whonix2.server.catalogue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.whonix2.server.Samples.digest;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.whonix2.core.artifact.PackageName;
import org.whonix2.core.artifact.PackageVersion;
import org.whonix2.core.statement.RebuildStatement;
import org.whonix2.server.Samples;
import org.whonix2.server.Samples.Subject;
import org.whonix2.server.TestDatabase;
import org.whonix2.server.store.EntryIndex;
import org.whonix2.server.store.HeldIndexes;
import org.whonix2.server.store.LogEntry;
import org.whonix2.server.store.LogStore;
import org.whonix2.server.store.StoreException;

class CatalogueTest {
  private static final PackageName NET_TOOLS = new PackageName("net-tools");
  private static final PackageName ZERO_AD = new PackageName("0ad");

  @TempDir Path folder;

  private LogStore open(List<EntryIndex> indexes) throws Exception {
    return LogStore.open(TestDatabase.open(folder), indexes);
  }

  private static void append(LogStore store, List<LogEntry> entries) throws Exception {
    assertThat(store.append(store.head(), entries)).isPresent();
    for (long known = 0; known < store.head().size(); ) {
      known = store.followSome();
    }
  }

  private static RebuildQuery toolchain(String name) {
    return new RebuildQuery(
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.of(name),
        Optional.empty(),
        Optional.empty());
  }

  private static List<Long> indexes(Page<? extends Found<?>> page) {
    return page.items().stream().<Long>map(Found::index).toList();
  }

  private static List<Long> snapshots(Catalogue catalogue, long size) throws StoreException {
    return indexes(catalogue.snapshots("bookworm", new Window(-1, 100, size)));
  }

  @Test
  void nothingBeyondTheTreesSizeIsAnswered() throws Exception {
    try (LogStore store = open(Catalogue.indexes())) {
      append(store, Samples.some());
      Catalogue catalogue = new Catalogue(store);
      RebuildQuery netTools = RebuildQuery.of(NET_TOOLS, new PackageVersion("2.10-0.1+deb12u2"));
      List<Long> all = List.of(0L, 1L, 2L, 4L);
      for (int size = 0; size <= 9; size++) {
        long end = size;
        Window window = new Window(-1, 100, size);
        assertThat(indexes(catalogue.rebuilds(netTools, window)))
            .isEqualTo(all.stream().filter(index -> index < end).toList());
        assertThat(indexes(catalogue.rebuilds(digest(1), window)))
            .isEqualTo(all.subList(0, Math.min(size, 2)));
        assertThat(catalogue.has(digest(1), size)).isEqualTo(size > 0);
        assertThat(catalogue.has(NET_TOOLS, size)).isEqualTo(size > 0);
        assertThat(catalogue.has(ZERO_AD, size)).isEqualTo(size > 8);
        assertThat(catalogue.has(ZERO_AD, new PackageVersion("0.0.26-3"), size))
            .isEqualTo(size > 8);
        assertThat(catalogue.sources(window).items())
            .hasSize(size > 8 ? 3 : size > 3 ? 2 : size > 0 ? 1 : 0);
        assertThat(catalogue.versions(new PackageName("xz-utils"), window).items())
            .hasSize(size > 7 ? 2 : size > 3 ? 1 : 0);
        assertThat(snapshots(catalogue, size)).hasSize(size > 5 ? 1 : 0);
      }
    }
  }

  @Test
  void whatWasLoggedBeforeThereWasACatalogueIsInItToo() throws Exception {
    List<LogEntry> entries = new ArrayList<>(Samples.some());
    Samples.by(Samples.ALPHA, entries).snapshot("bookworm", 2);
    try (LogStore store = open(List.of())) {
      append(store, entries);
    }
    try (LogStore store = open(Catalogue.indexes())) {
      Catalogue catalogue = new Catalogue(store);
      assertThat(indexes(catalogue.rebuilds(toolchain("tcc-ddc"), new Window(-1, 9, 10))))
          .containsExactly(4L);
      assertThat(snapshots(catalogue, 10)).containsExactly(9L);
    }
    // And under another name everything is made anew, without a rest of the old.
    try (LogStore store = open(List.of())) {
      assertThat(store.head().size()).isEqualTo(10);
    }
    try (LogStore store = open(Catalogue.indexes())) {
      Catalogue catalogue = new Catalogue(store);
      assertThat(catalogue.sources(new Window(-1, 9, 10)).items()).hasSize(3);
      assertThat(snapshots(catalogue, 10)).containsExactly(9L);
    }
  }

  @Test
  void anEntryIsFoundAsItWasLogged() throws Exception {
    List<LogEntry> entries = Samples.some();
    try (LogStore store = open(Catalogue.indexes())) {
      append(store, entries);
      Found<RebuildStatement> found =
          new Catalogue(store).rebuilds(toolchain("tcc-ddc"), new Window(-1, 9, 9)).items().get(0);
      assertThat(found.content()).isEqualTo(entries.get(4).content());
      assertThat(found.statement()).isEqualTo(entries.get(4).said().orElseThrow().statement());
    }
  }

  @Test
  void aQuestionLooksThroughABoundedPartOfTheLogAtATime() throws Exception {
    List<LogEntry> entries =
        new ArrayList<>(
            IntStream.range(0, (int) Catalogue.SPAN + 100)
                .mapToObj(i -> ("entry " + i).getBytes(StandardCharsets.UTF_8))
                .map(LogEntry::opaque)
                .toList());
    Samples.by(Samples.ALPHA, entries)
        .rebuilt(Subject.of("net-tools", "1"), Samples.artifact("net-tools", "1", "amd64", 1))
        .failed(Subject.of("xz-utils", "1"), "timeout");
    long first = Catalogue.SPAN + 100;
    long size = entries.size();
    try (LogStore store = open(Catalogue.indexes())) {
      append(store, entries);
      Catalogue catalogue = new Catalogue(store);
      Page<Found<RebuildStatement>> page =
          catalogue.rebuilds(toolchain("gcc-12"), new Window(-1, 9, size));
      assertThat(page.items()).isEmpty();
      assertThat(page.next()).hasValue(Catalogue.SPAN - 1);
      page = catalogue.rebuilds(toolchain("gcc-12"), new Window(page.next().getAsLong(), 9, size));
      assertThat(indexes(page)).containsExactly(first, first + 1);
      assertThat(page.next()).isEqualTo(OptionalLong.empty());
      // What an index of the database leads to is found at once.
      RebuildQuery led = RebuildQuery.of(NET_TOOLS, new PackageVersion("1"));
      assertThat(indexes(catalogue.rebuilds(led, new Window(-1, 9, size)))).containsExactly(first);
    }
  }

  @Test
  void theNewestSnapshotOfASeriesIsThatOfTheHighestEpochInTheTree() throws Exception {
    List<LogEntry> entries = new ArrayList<>();
    Samples alpha = Samples.by(Samples.ALPHA, entries);
    Samples beta = Samples.by(Samples.BETA, entries);
    alpha.snapshot("bookworm", 1); // 0
    beta.snapshot("bookworm", 7); // 1, another rebuilder's
    alpha.snapshot("bookworm", 2); // 2
    alpha.snapshot("bookworm", 1, "clang"); // 3, of another compiler root
    alpha.snapshot("trixie", 3); // 4, another suite's
    alpha.snapshot("bookworm", 4); // 5
    alpha.snapshot("bookworm", 3); // 6, late
    alpha.snapshot("bookworm", 4, "clang"); // 7
    beta.snapshot("bookworm", 8); // 8
    List<List<Long>> newest =
        List.of(
            List.of(),
            List.of(0L),
            List.of(0L, 1L),
            List.of(1L, 2L),
            List.of(1L, 2L, 3L),
            List.of(1L, 2L, 3L),
            List.of(1L, 3L, 5L),
            List.of(1L, 3L, 5L),
            List.of(1L, 5L, 7L),
            List.of(5L, 7L, 8L));
    try (LogStore store = open(Catalogue.indexes())) {
      append(store, entries);
      Catalogue catalogue = new Catalogue(store);
      for (int size = 0; size <= entries.size(); size++) {
        assertThat(snapshots(catalogue, size)).as("size %d", size).isEqualTo(newest.get(size));
      }
    }
  }

  @Test
  void ofTwoSnapshotsWithOneEpochTheFirstStands() throws Exception {
    List<LogEntry> entries = new ArrayList<>();
    Samples.by(Samples.ALPHA, entries).snapshot("bookworm", 2);
    List<LogEntry> other = new ArrayList<>();
    Samples.by(Samples.ALPHA, other).snapshot("bookworm", 2);
    try (LogStore store = open(Catalogue.indexes())) {
      append(store, entries);
      append(store, other.stream().map(CatalogueTest::otherwise).toList());
      assertThat(snapshots(new Catalogue(store), 2)).containsExactly(0L);
    }
  }

  /** The same statement as another entry. */
  private static LogEntry otherwise(LogEntry entry) {
    return new LogEntry(entry.content(), digest(0x60000), entry.said());
  }

  @Test
  void aTreeThatItDoesNotKnowIsNotAnsweredFor() throws Exception {
    List<LogEntry> entries = Samples.some();
    HeldIndexes database = new HeldIndexes(TestDatabase.open(folder));
    try (LogStore store = LogStore.open(database, Catalogue.indexes())) {
      append(store, entries.subList(0, 4));
      Catalogue catalogue = new Catalogue(store);
      Window window = new Window(-1, 9, 9);
      PackageVersion version = new PackageVersion("0.0.26-3");
      List<ThrowingCallable> questions =
          List.of(
              () -> catalogue.rebuilds(toolchain("tcc-ddc"), window),
              () -> catalogue.rebuilds(digest(4), window),
              () -> catalogue.has(digest(4), 9),
              () -> catalogue.sources(window),
              () -> catalogue.versions(ZERO_AD, window),
              () -> catalogue.has(ZERO_AD, 9),
              () -> catalogue.has(ZERO_AD, version, 9),
              () -> catalogue.snapshots("bookworm", window));
      database.hold(store);
      assertThat(store.append(store.head(), entries.subList(4, 9))).isPresent();
      assertThat(catalogue.known(9)).isEqualTo(4);
      for (Throwable refusal : thrownBy(questions)) {
        assertThat(refusal)
            .isInstanceOf(StoreException.class)
            .hasMessageContainingAll("at entry 4 ", "a tree of 9 ");
      }
      // What it knows it answers.
      assertThat(catalogue.sources(new Window(-1, 9, 4)).items()).hasSize(2);
      assertThat(database.release()).isEqualTo(9);
      assertThat(thrownBy(questions)).containsOnlyNulls();
    }
  }

  /** All are asked at once, as each waits for the indexes. */
  private static List<Throwable> thrownBy(List<ThrowingCallable> questions) {
    ExecutorService threads = Executors.newFixedThreadPool(questions.size());
    try {
      List<CompletableFuture<Throwable>> answers =
          questions.stream()
              .map(each -> CompletableFuture.supplyAsync(() -> catchThrowable(each), threads))
              .toList();
      return answers.stream().map(CompletableFuture::join).collect(Collectors.toList());
    } finally {
      threads.shutdown();
    }
  }

  @Test
  void aWindowIsBounded() {
    assertThatThrownBy(() -> new Window(-2, 1, 0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Window(-1, 0, 0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Window(-1, 101, 0)).isInstanceOf(IllegalArgumentException.class);
  }
}
