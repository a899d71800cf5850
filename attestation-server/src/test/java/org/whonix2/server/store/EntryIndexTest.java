package org.whonix2.server.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.whonix2.server.TestDatabase;

class EntryIndexTest {
  @TempDir Path folder;

  /** Remembers what it was told. */
  private static final class Told implements EntryIndex {
    private final String name;
    private final boolean inStep;
    private final List<String> told = new ArrayList<>();

    Told(String name) {
      this(name, true);
    }

    Told(String name, boolean inStep) {
      this.name = name;
      this.inStep = inStep;
    }

    @Override
    public boolean isInStep() {
      return inStep;
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public void clear(Handle handle) {
      told.add("clear");
    }

    @Override
    public void add(Handle handle, long from, List<LogEntry> entries) {
      for (int i = 0; i < entries.size(); i++) {
        String content = new String(entries.get(i).content(), StandardCharsets.UTF_8);
        told.add(from + i + " " + content);
      }
    }
  }

  private LogStore open(EntryIndex... indexes) throws Exception {
    return LogStore.open(TestDatabase.open(folder), List.of(indexes));
  }

  private static void append(LogStore store, int from, int count) throws Exception {
    List<LogEntry> entries =
        IntStream.range(from, from + count)
            .mapToObj(i -> LogEntry.opaque(("entry " + i).getBytes(StandardCharsets.UTF_8)))
            .toList();
    assertThat(store.append(store.head(), entries)).isPresent();
  }

  private static List<String> entries(int from, int count) {
    return IntStream.range(from, from + count).mapToObj(i -> i + " entry " + i).toList();
  }

  @Test
  void itIsToldOfEachEntryOnceInOrder() throws Exception {
    Told index = new Told("told-1");
    try (LogStore store = open(index)) {
      append(store, 0, 2);
      append(store, 2, 3);
    }
    Told reopened = new Told("told-1");
    try (LogStore store = open(reopened)) {
      append(store, 5, 1);
    }
    assertThat(index.told).first().isEqualTo("clear");
    assertThat(index.told.subList(1, index.told.size())).isEqualTo(entries(0, 5));
    assertThat(reopened.told).isEqualTo(entries(5, 1));
  }

  @Test
  void aNewOneIsToldOfWhatStandsThereAlready() throws Exception {
    try (LogStore store = open()) {
      append(store, 0, 600);
    }
    Told index = new Told("told-1");
    try (LogStore store = open(index)) {
      assertThat(index.told).hasSize(601).endsWith("599 entry 599");
      append(store, 600, 1);
    }
    assertThat(index.told.subList(1, index.told.size())).isEqualTo(entries(0, 601));
  }

  @Test
  void underAnotherNameItIsMadeAnew() throws Exception {
    try (LogStore store = open(new Told("told-1"))) {
      append(store, 0, 3);
    }
    Told second = new Told("told-2");
    try (LogStore store = open(second)) {
      assertThat(store.head().size()).isEqualTo(3);
    }
    assertThat(second.told).first().isEqualTo("clear");
    assertThat(second.told.subList(1, second.told.size())).isEqualTo(entries(0, 3));
  }

  private record Broken(boolean isInStep) implements EntryIndex {
    @Override
    public String name() {
      return "broken-1";
    }

    @Override
    public void clear(Handle handle) {}

    @Override
    public void add(Handle handle, long from, List<LogEntry> entries) throws StoreException {
      throw new StoreException("no room");
    }
  }

  @Test
  void anEntryThatAnIndexCannotTakeIsNotStored() throws Exception {
    try (LogStore store = open(new Broken(true))) {
      List<LogEntry> entries = List.of(LogEntry.opaque(new byte[] {1}));
      assertThatThrownBy(() -> store.append(store.head(), entries)).hasMessageContaining("no room");
      assertThat(store.head().size()).isZero();
      assertThat(store.entries(0, 1)).isEmpty();
    }
  }

  @Test
  void aServerOfAnotherVersionStoresNothing() throws Exception {
    try (LogStore store = open(new Told("told-1"))) {
      store.read("a row", handle -> handle.execute("delete from indexed"));
      List<LogEntry> entries = List.of(LogEntry.opaque(new byte[] {1}));
      assertThatThrownBy(() -> store.append(store.head(), entries))
          .hasMessageContaining("another version");
      assertThat(store.head().size()).isZero();
    }
  }

  @Test
  void oneThatFollowsIsToldBeforeItIsAsked() throws Exception {
    Told index = new Told("told-1", false);
    try (LogStore store = open(index)) {
      append(store, 0, 600);
      assertThat(index.told).containsExactly("clear");
      assertThat(store.follow(600)).isEqualTo(600);
      assertThat(index.told.subList(1, index.told.size())).isEqualTo(entries(0, 600));
      append(store, 600, 1);
    }
    Told reopened = new Told("told-1", false);
    try (LogStore store = open(reopened)) {
      assertThat(reopened.told).isEmpty();
      assertThat(store.follow(601)).isEqualTo(601);
      assertThat(store.follow(601)).isEqualTo(601);
    }
    assertThat(reopened.told).isEqualTo(entries(600, 1));
  }

  @Test
  void oneThatFollowsAsksForNoMoreThanWasAskedFor() throws Exception {
    Told index = new Told("told-1", false);
    try (LogStore store = open(index)) {
      append(store, 0, 3);
      assertThat(store.follow(2)).isEqualTo(2);
      assertThat(store.follow(0)).isZero();
      assertThat(index.told.subList(1, index.told.size())).isEqualTo(entries(0, 3));
    }
  }

  @Test
  void whoeverWorksExclusivelyFindsThatAllIndexesKnowEverything() throws Exception {
    Told index = new Told("told-1", false);
    try (LogStore store = open(index)) {
      append(store, 0, 600);
      int told = store.exclusivelyKnowing("a test", handle -> index.told.size());
      assertThat(told).isEqualTo(601);
    }
  }

  @Test
  void oneThatFollowsAndFailsHoldsNoEntryUp() throws Exception {
    try (LogStore store = open(new Broken(false))) {
      append(store, 0, 2);
      assertThatThrownBy(() -> store.follow(2)).hasMessageContaining("no room");
      append(store, 2, 1);
      assertThat(store.head().size()).isEqualTo(3);
    }
  }

  @Test
  void theyAreToldWithoutBeingAsked() throws Exception {
    Told index = new Told("told-1", false);
    try (LogStore store = open(index)) {
      append(store, 0, 600);
      try (IndexFollower follower = new IndexFollower(store)) {
        follower.start();
        append(store, 600, 100);
        Instant giveUp = Instant.now().plusSeconds(20);
        while (store.followed() < 700) {
          assertThat(Instant.now()).as("they follow").isBefore(giveUp);
          Thread.sleep(10);
        }
      }
    }
    assertThat(index.told.subList(1, index.told.size())).isEqualTo(entries(0, 700));
  }
}
