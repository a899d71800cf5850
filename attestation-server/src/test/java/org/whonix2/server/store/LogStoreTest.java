package org.whonix2.server.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.log.Frontier;
import org.whonix2.core.log.HashReader;
import org.whonix2.core.log.InclusionProof;
import org.whonix2.core.log.TilePath;
import org.whonix2.core.log.TreeHash;
import org.whonix2.server.TestDatabase;

class LogStoreTest {
  @TempDir Path folder;

  private static List<byte[]> entries(int from, int count) {
    return IntStream.range(from, from + count)
        .mapToObj(i -> ("entry " + i).getBytes(StandardCharsets.UTF_8))
        .toList();
  }

  private static TreeHead headOf(int size) {
    Frontier frontier = Frontier.empty();
    for (byte[] entry : entries(0, size)) {
      frontier = frontier.appendEntry(entry);
    }
    return new TreeHead(size, frontier.root());
  }

  private static List<LogEntry> opaque(List<byte[]> entries) {
    return entries.stream().map(LogEntry::opaque).toList();
  }

  private static void put(LogStore store, List<byte[]> entries) throws StoreException {
    assertThat(store.append(store.head(), opaque(entries))).isPresent();
  }

  private LogStore open() throws Exception {
    return LogStore.open(TestDatabase.open(folder), List.of());
  }

  @Test
  void isOnTheDatabaseThatThisRunIsAbout() throws Exception {
    try (Database database = TestDatabase.open(folder);
        Connection connection = database.dataSource().getConnection()) {
      assertThat(connection.getMetaData().getDatabaseProductName())
          .isEqualToIgnoringCase(System.getProperty("whonix2.test.database", "h2"))
          .isEqualTo(TestDatabase.IS_POSTGRES ? "PostgreSQL" : "H2");
    }
  }

  @Test
  void newLogIsTheEmptyTree() throws Exception {
    try (LogStore store = open()) {
      assertThat(store.head()).isEqualTo(new TreeHead(0, TreeHash.emptyRoot()));
      assertThat(store.published()).isEmpty();
      assertThat(store.tile(new TilePath(0, 0, 1))).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 255, 256, 257, 600})
  void headIsTheRootOfTheEntriesWhateverTheGroups(int group) throws Exception {
    try (LogStore store = open()) {
      for (int from = 0; from < 600; from += group) {
        put(store, entries(from, Math.min(group, 600 - from)));
      }
      assertThat(store.head()).isEqualTo(headOf(600));
      assertThat(HashReader.root(store.hashes(600), 600)).isEqualTo(headOf(600).root());
      assertThat(HashReader.root(store.hashes(300), 300)).isEqualTo(headOf(300).root());
    }
  }

  @Test
  void everyEntryIsProvenAndReadBackAfterReopening() throws Exception {
    try (LogStore store = open()) {
      put(store, entries(0, 300));
    }
    try (LogStore store = open()) {
      TreeHead head = store.head();
      assertThat(store.entries(0, 1000)).containsExactlyElementsOf(entries(0, 300));
      assertThat(store.entries(298, 1000)).containsExactlyElementsOf(entries(298, 2));
      for (int i = 0; i < 300; i++) {
        byte[] entry = entries(i, 1).get(0);
        List<Sha256> proof = InclusionProof.prove(store.hashes(300), i, 300);
        assertThat(InclusionProof.check(proof, i, TreeHash.leaf(entry), 300, head.root())).isTrue();
        assertThat(store.indexOf(Sha256.of(entry))).isEqualTo(OptionalLong.of(i));
      }
      assertThat(store.indexOf(Sha256.of(new byte[0]))).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({"0,0,256", "0,1,44", "1,0,1"})
  void tilesAreAsWideAsTheTreeAndPartialOnesArePrefixes(int level, int number, int width)
      throws Exception {
    try (LogStore store = open()) {
      put(store, entries(0, 300));
      byte[] whole = store.tile(new TilePath(level, number, width)).orElseThrow();
      assertThat(whole).hasSize(32 * width);
      assertThat(store.tile(new TilePath(level, number, 1)).orElseThrow())
          .isEqualTo(Arrays.copyOf(whole, 32));
      if (width < TilePath.FULL) {
        assertThat(store.tile(new TilePath(level, number, width + 1))).isEmpty();
      }
    }
  }

  @Test
  void appendToAnotherHeadThanTheStoredOneChangesNothing() throws Exception {
    try (LogStore store = open()) {
      TreeHead empty = store.head();
      put(store, entries(0, 1));
      assertThat(store.append(empty, opaque(entries(1, 1)))).isEmpty();
      assertThat(store.append(new TreeHead(1, TreeHash.emptyRoot()), opaque(entries(1, 1))))
          .isEmpty();
      assertThat(store.head()).isEqualTo(headOf(1));
      assertThat(store.entries(0, 10)).hasSize(1);
    }
  }

  /** Two stores over one database file, as two processes over one PostgreSQL would be. */
  @Test
  void racingWritersNeverBothExtendOneHead() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try (LogStore one = open();
        LogStore two = open()) {
      List<Callable<Integer>> writers = new ArrayList<>();
      for (int writer = 0; writer < 4; writer++) {
        LogStore store = writer % 2 == 0 ? one : two;
        int mine = writer;
        writers.add(() -> append(store, mine, 40));
      }
      int lost = 0;
      for (Future<Integer> writer : threads.invokeAll(writers)) {
        lost += writer.get();
      }
      assertThat(lost).as("the race took place").isPositive();
      assertThat(one.head().size()).isEqualTo(160);
      Frontier frontier = Frontier.empty();
      for (byte[] entry : one.entries(0, 1000)) {
        frontier = frontier.appendEntry(entry);
      }
      assertThat(two.head()).isEqualTo(new TreeHead(frontier.size(), frontier.root()));
    } finally {
      threads.shutdownNow();
    }
  }

  /** Returns how often another writer was faster. */
  private static int append(LogStore store, int writer, int count) throws Exception {
    int lost = 0;
    for (int done = 0; done < count; ) {
      byte[] entry = ("writer " + writer + " entry " + done).getBytes(StandardCharsets.UTF_8);
      if (store.append(store.head(), opaque(List.of(entry))).isPresent()) {
        done++;
      } else {
        lost++;
      }
    }
    return lost;
  }

  @Test
  void oneEntryIsStoredOnce() throws Exception {
    try (LogStore store = open()) {
      put(store, entries(0, 1));
      assertThatThrownBy(() -> store.append(store.head(), opaque(entries(0, 1))))
          .isInstanceOf(StoreException.class);
      assertThat(store.head()).isEqualTo(headOf(1));
    }
  }

  @Test
  void publishedCheckpointNeverGoesBack() throws Exception {
    LogStore.Merge both =
        (standing, note) ->
            new PublishedNote(4, new byte[] {standing.note()[0], note.note()[0], (byte) 5});
    try (LogStore store = open()) {
      assertThat(publish(store, 4, 1, both)).containsExactly(1);
      assertThat(publish(store, 3, 2, both)).as("a smaller tree").containsExactly(1);
      assertThat(store.published().orElseThrow().note()).containsExactly(1);
      assertThat(publish(store, 4, 3, both)).as("the same tree").containsExactly(1, 3, 5);
      assertThat(store.published().orElseThrow().note()).containsExactly(1, 3, 5);
      assertThat(publish(store, 5, 6, both)).as("a larger tree").containsExactly(6);
    }
    try (LogStore store = open()) {
      assertThat(store.published().orElseThrow().note()).containsExactly(6);
    }
  }

  private static byte[] publish(LogStore store, long size, int note, LogStore.Merge merge)
      throws StoreException {
    return store.publish(new PublishedNote(size, new byte[] {(byte) note}), merge).note();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "delete from entry where leaf_index = 5",
        "delete from entry where leaf_index = 299",
        "update entry set content = identity where leaf_index = 299",
        "update tree_head set root = (select identity from entry where leaf_index = 1)",
        "update tree_head set tree_size = 299",
        "delete from tile where tile_level = 1",
        "update tile set hashes = (select leaf_hash from entry where leaf_index = 1)"
            + " where tile_level = 1",
        "update tile set hashes = substring(hashes from 1 for 32) where tile_number = 1",
      })
  void contradictionsOnDiskAreRefusedAtTheStart(String damage) throws Exception {
    try (LogStore store = open()) {
      put(store, entries(0, 300));
    }
    try (Database database = TestDatabase.open(folder);
        Connection connection = database.dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      assertThat(statement.executeUpdate(damage)).isPositive();
    }
    assertThatThrownBy(this::open).isInstanceOf(StoreException.class);
  }
}
