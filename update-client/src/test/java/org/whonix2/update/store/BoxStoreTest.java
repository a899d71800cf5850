package org.whonix2.update.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.log.EntryBundle;
import org.whonix2.core.log.LogState;
import org.whonix2.update.store.LogStore.Misbehaviour;

/** One writer, and readers who neither wait nor change anything. */
class BoxStoreTest {
  private static final String ORIGIN = "log.example.org/h";

  @TempDir private Path folder;

  @Test
  void toAReaderAFolderThatIsNotThereIsAnEmptyStore() throws Exception {
    Path state = folder.resolve("state");
    try (BoxStore store = BoxStore.open(state, false)) {
      assertThat(store.log(ORIGIN).load(entry -> {}).note()).isEmpty();
      assertThat(store.log(ORIGIN).proof(Misbehaviour.FORK)).isEmpty();
    }
    assertThat(state).doesNotExist();
  }

  @Test
  void aReaderDoesNotWaitForTheWriter() throws Exception {
    try (BoxStore writer = BoxStore.open(folder, true)) {
      History.takeIn(writer.log(ORIGIN), 300);
      try (BoxStore reader = BoxStore.open(folder, false)) {
        assertThat(reader.log(ORIGIN).load(entry -> {}).size()).isEqualTo(300);
      }
    }
  }

  @Test
  void aSecondWriterIsTurnedAway() throws Exception {
    try (BoxStore writer = BoxStore.open(folder, true)) {
      assertThatExceptionOfType(StoreBusyException.class)
          .isThrownBy(() -> BoxStore.open(folder, true))
          .withMessage("another sync is running: it holds " + folder.resolve("update/lock"));
      History.takeIn(writer.log(ORIGIN), 3);
    }
    BoxStore.open(folder, true).close();
  }

  /** What the lock is for. */
  @Test
  void withoutTheLockTwoWritersSpoilTheStore() throws Exception {
    LogStore store = new LogStore(folder, StoreFiles.DURABLE);
    History.takeIn(store, 300);
    LogState kept = store.load(entry -> {});
    try (Appender one = store.append(kept)) {
      for (long index = 300; index < 600; index++) {
        one.accept(index, History.entry(index));
      }
      store.append(kept).close();
      one.commit(History.state(600));
    }
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> store.load(entry -> {}))
        .withMessage("expected tile/entries/001, found no file");
  }

  @Test
  void nobodyElseCanHoldTheLock() throws Exception {
    Path lock = Files.createDirectories(folder.resolve("update")).resolve("lock");
    for (Optional<String> before : List.of(Optional.<String>empty(), Optional.of("rw-r--r--"))) {
      Files.deleteIfExists(lock);
      if (before.isPresent()) {
        Files.createFile(lock);
        Files.setPosixFilePermissions(lock, PosixFilePermissions.fromString(before.get()));
      }
      BoxStore.open(folder, true).close();
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(lock)))
          .isEqualTo("rw-------");
    }
  }

  @Test
  void aReaderGoesOnWhereASyncCommitsMeanwhile() throws Exception {
    for (int to : new int[] {301, 512, 700}) {
      LogStore store = new LogStore(folder.resolve("to " + to), StoreFiles.DURABLE);
      History.takeIn(store, 300);
      List<byte[]> taken = new ArrayList<>();
      LogState state =
          store.load(
              entry -> {
                taken.add(entry);
                if (taken.size() == 9) {
                  growTo(store, to);
                }
              });
      assertThat(state.size()).isEqualTo(to);
      assertThat(taken).containsExactlyElementsOf(History.entries(to));
    }
  }

  @Test
  void aSecondReadingEndsWhereTheFirstDidWhateverASyncCommitsMeanwhile() throws Exception {
    for (int to : new int[] {300, 301, 512, 700}) {
      for (int when : new int[] {0, 1, 255, 256, 257, 299}) {
        LogStore store = new LogStore(folder.resolve(to + " at " + when), StoreFiles.DURABLE);
        History.takeIn(store, 300);
        LogState loaded = store.load(entry -> {});
        if (when == 0) {
          growTo(store, to);
        }
        List<byte[]> taken = new ArrayList<>();
        store.reload(
            loaded,
            entry -> {
              taken.add(entry);
              if (taken.size() == when) {
                growTo(store, to);
              }
            });
        assertThat(taken)
            .as("%d entries at entry %d", to, when)
            .containsExactlyElementsOf(History.entries(300));
      }
    }
  }

  @Test
  void aSecondReadingOfWhatWasNeverFollowedReadsNothing() throws Exception {
    LogStore store = new LogStore(folder, StoreFiles.DURABLE);
    LogState loaded = store.load(entry -> {});
    History.takeIn(store, 3);
    store.reload(
        loaded,
        entry -> {
          throw new AssertionError("read");
        });
  }

  @Test
  void aSecondReadingThatFindsOtherEntriesFails() throws Exception {
    LogStore store = new LogStore(folder, StoreFiles.DURABLE);
    History.takeIn(store, 3);
    LogState loaded = store.load(entry -> {});
    Path bundle = folder.resolve("tile/entries/000.p/3");
    List<byte[]> other = new ArrayList<>(History.entries(3));
    other.set(1, new byte[] {1});
    Files.write(bundle, EntryBundle.format(other));
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> store.reload(loaded, entry -> {}))
        .withMessage("expected the 3 entries read before, found others");
    Files.delete(bundle);
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> store.reload(loaded, entry -> {}))
        .withMessage("expected tile/entries/000.p/3, found no file");
  }

  private static void growTo(LogStore store, int size) {
    try {
      History.takeIn(store, size);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aBundleThatIsLostIsNotWaitedFor() throws Exception {
    LogStore store = new LogStore(folder, StoreFiles.DURABLE);
    History.takeIn(store, 300);
    Files.delete(folder.resolve("tile/entries/001.p/44"));
    AtomicLong taken = new AtomicLong();
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> store.load(entry -> taken.incrementAndGet()))
        .withMessage("expected tile/entries/001.p/44, found no file");
    assertThat(taken).hasValue(256);
  }

  @Test
  void knowsItsRootsOfSmallerSizes() throws Exception {
    LogStore store = new LogStore(folder, StoreFiles.DURABLE);
    History.takeIn(store, 600);
    LogState kept = store.load(entry -> {});
    for (int size : new int[] {0, 1, 255, 256, 257, 511, 512, 599, 600}) {
      assertThat(store.root(kept, size))
          .as("size %d", size)
          .isEqualTo(History.state(size).checkpoint().orElseThrow().root());
    }
  }

  @Test
  void clearedProofsOfARollbackAreKeptTheNewestFew() throws Exception {
    LogStore store = new LogStore(folder, StoreFiles.DURABLE);
    for (int i = 0; i < LogStore.MAX_CLEARED + 3; i++) {
      store.keepProof(Misbehaviour.ROLLBACK, "proof " + i);
      Instant seen = Instant.parse("2026-06-01T12:00:00Z").plusSeconds(i);
      Files.setLastModifiedTime(store.proofFile(Misbehaviour.ROLLBACK), FileTime.from(seen));
      assertThat(store.proof(Misbehaviour.ROLLBACK)).contains("proof " + i);
      History.takeIn(store, i + 1);
      assertThat(store.proof(Misbehaviour.ROLLBACK)).isEmpty();
    }
    List<Path> cleared = store.clearedRollbacks();
    assertThat(cleared).hasSize(LogStore.MAX_CLEARED);
    assertThat(cleared.get(0)).hasFileName("rollback-20260601T120003.000Z").hasContent("proof 3");
  }

  @Test
  void whatTheStoreDidNotWriteIsLeftAlone() throws Exception {
    LogStore store = new LogStore(folder, StoreFiles.DURABLE);
    History.takeIn(store, 3);
    Path note = Files.writeString(folder.resolve("tile/entries/note"), "mine");
    History.takeIn(store, 300);
    assertThat(note).exists();
  }
}
