package org.whonix2.update.store;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.whonix2.core.log.EntryBundle;
import org.whonix2.core.log.EntrySink;
import org.whonix2.core.log.LogState;
import org.whonix2.core.log.TilePath;

/**
 * Writes entries as they come; {@link #commit} makes them count, {@link #close} without it removes
 * them. After a stop at any point the store is as before or as committed: bundles of the old tree
 * are removed only when the new checkpoint stands.
 */
public final class Appender implements EntrySink, AutoCloseable {
  private final LogStore store;
  private final Path folder;
  private final StoreFiles files;
  private final long from;
  private final List<byte[]> bundle;
  private long size;
  private boolean decided;

  Appender(LogStore store, Path folder, StoreFiles files, long from, List<byte[]> partial)
      throws IOException {
    this.store = store;
    this.folder = folder;
    this.files = files;
    this.from = from;
    this.size = from;
    this.bundle = new ArrayList<>(partial);
    Leftovers.sweep(folder, from, files);
  }

  @Override
  public void accept(long index, byte[] entry) throws IOException {
    if (index != size) {
      throw new IllegalStateException("expected entry " + size + ", was given " + index);
    }
    bundle.add(entry);
    size++;
    if (bundle.size() == TilePath.FULL) {
      write();
      bundle.clear();
    }
  }

  private void write() throws IOException {
    TilePath path = LogStore.path((size - 1) / TilePath.FULL, size);
    files.replace(folder.resolve(path.toString()), EntryBundle.format(bundle));
  }

  /** Makes this state the kept one; its entries are the ones taken since the state before. */
  public void commit(LogState state) throws IOException {
    if (state.size() != size) {
      throw new IllegalStateException("expected " + size + " entries, found " + state.size());
    }
    byte[] checkpoint =
        state.note().orElseThrow(() -> new IllegalStateException("no checkpoint")).toBytes();
    if (!bundle.isEmpty() && size > from) {
      write();
    }
    // From here on, even where this fails, the new checkpoint may stand and need its bundles.
    decided = true;
    files.replace(folder.resolve(LogStore.CHECKPOINT), checkpoint);
    store.clearRollback();
    store.forgetUnproven();
    Leftovers.sweep(folder, size, files);
  }

  /** Removes what was not committed. */
  @Override
  public void close() throws IOException {
    if (!decided) {
      Leftovers.sweep(folder, from, files);
    }
  }
}
