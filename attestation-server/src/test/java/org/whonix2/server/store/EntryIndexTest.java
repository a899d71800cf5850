package org.whonix2.server.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
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
    private final List<String> told = new ArrayList<>();

    Told(String name) {
      this.name = name;
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

  @Test
  void anEntryThatAnIndexCannotTakeIsNotStored() throws Exception {
    EntryIndex broken =
        new EntryIndex() {
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
        };
    try (LogStore store = open(broken)) {
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
}
