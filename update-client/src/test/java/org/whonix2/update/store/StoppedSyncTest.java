package org.whonix2.update.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.log.LogState;
import org.whonix2.core.log.TilePath;
import org.whonix2.update.store.LogStore.Misbehaviour;

/** Wherever a sync stops, the store is as before it or as behind it. */
class StoppedSyncTest {
  private static final int[][] STEPS = {
    {0, 0},
    {0, 1},
    {0, 256},
    {0, 300},
    {255, 256},
    {300, 300},
    {300, 301},
    {300, 512},
    {300, 700},
    {512, 513},
  };

  @TempDir private Path folder;

  @ParameterizedTest
  @EnumSource(FailingFiles.Mode.class)
  void theOldStateOrTheNew(FailingFiles.Mode mode) throws Exception {
    for (int[] step : STEPS) {
      boolean whole = false;
      for (int operations = 0; !whole; operations++) {
        whole = stop(step[0], step[1], new FailingFiles(mode, operations), operations);
        assertThat(operations).isLessThan(100);
      }
    }
  }

  private boolean stop(int from, int to, FailingFiles failing, int operations) throws Exception {
    String name = from + " to " + to + " after " + operations + " operations";
    Path log = folder.resolve(name);
    LogStore store = new LogStore(log, StoreFiles.DURABLE);
    if (from > 0) {
      History.takeIn(store, from);
    }
    store.keepProof(Misbehaviour.ROLLBACK, "a proof");
    store.unproven(URI.create("http://log.example.org")).keep(7, new byte[9]);

    LogStore stopped = new LogStore(log, failing);
    if (failing.wereEnough()) {
      try {
        History.takeIn(stopped, to);
      } catch (IOException e) {
        assertThat(e).as(name).hasMessageStartingWith("stopped at ");
      }
    }

    List<byte[]> taken = new ArrayList<>();
    LogState state = store.load(taken::add);
    assertThat(state.size()).as(name).isIn((long) from, (long) to);
    assertThat(taken).as(name).containsExactlyElementsOf(History.entries((int) state.size()));
    if (failing.wereEnough()) {
      assertThat(state.size()).as(name).isEqualTo(to);
    }

    History.takeIn(store, to);
    assertThat(store.load(entry -> {}).size()).as(name).isEqualTo(to);
    assertThat(paths(log)).as(name).containsExactlyInAnyOrderElementsOf(expected(to, store));
    return failing.wereEnough();
  }

  /** Writes to the files themselves, and is killed halfway through the checkpoint. */
  private static final class InPlace implements StoreFiles {
    @Override
    public void replace(Path file, byte[] content) throws IOException {
      boolean last = file.endsWith(LogStore.CHECKPOINT);
      Files.createDirectories(file.toAbsolutePath().getParent());
      Files.write(file, last ? Arrays.copyOf(content, content.length / 2) : content);
      if (last) {
        throw new IOException("killed");
      }
    }

    @Override
    public void move(Path from, Path to) throws IOException {
      DURABLE.move(from, to);
    }

    @Override
    public void delete(Path fileOrEmptyFolder) throws IOException {
      DURABLE.delete(fileOrEmptyFolder);
    }
  }

  /** What writing aside is for. */
  @Test
  void whereFilesAreWrittenInPlaceItIsNeither() throws Exception {
    LogStore store = new LogStore(folder, StoreFiles.DURABLE);
    History.takeIn(store, 300);
    assertThatIOException()
        .isThrownBy(() -> History.takeIn(new LogStore(folder, new InPlace()), 700))
        .withMessage("killed");
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> store.load(entry -> {}));
  }

  @ParameterizedTest
  @CsvSource({"0, 300", "300, 301", "300, 700", "256, 1100"})
  void whatIsNotCommittedIsRemoved(int from, int to) throws Exception {
    LogStore store = new LogStore(folder, StoreFiles.DURABLE);
    if (from > 0) {
      History.takeIn(store, from);
    }
    List<String> before = paths(folder);
    LogState kept = store.load(entry -> {});
    assertThatIOException()
        .isThrownBy(
            () -> {
              try (Appender appender = store.append(kept)) {
                for (long index = from; index < to; index++) {
                  appender.accept(index, History.entry(index));
                }
                throw new IOException("the network failed");
              }
            });
    assertThat(paths(folder)).isEqualTo(before);
  }

  private static List<String> expected(int size, LogStore store) throws IOException {
    List<String> expected = new ArrayList<>(List.of("checkpoint"));
    store.clearedRollbacks().forEach(proof -> expected.add(proof.getFileName().toString()));
    assertThat(expected).hasSize(2);
    for (long index = 0; index * TilePath.FULL < size; index++) {
      expected.add(LogStore.path(index, size).toString());
    }
    return expected;
  }

  /** The files, and the folders that are empty. */
  private static List<String> paths(Path log) throws IOException {
    List<String> paths = new ArrayList<>();
    try (Stream<Path> all = Files.walk(log)) {
      for (Path path : all.sorted().toList()) {
        if (!path.equals(log) && (!Files.isDirectory(path) || isEmpty(path))) {
          paths.add(log.relativize(path).toString());
        }
      }
    }
    return paths;
  }

  private static boolean isEmpty(Path path) throws IOException {
    try (Stream<Path> children = Files.list(path)) {
      return children.findAny().isEmpty();
    }
  }
}
