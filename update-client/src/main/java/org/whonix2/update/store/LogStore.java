package org.whonix2.update.store;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.log.Checkpoint;
import org.whonix2.core.log.EntryBundle;
import org.whonix2.core.log.EntrySink;
import org.whonix2.core.log.Frontier;
import org.whonix2.core.log.LogState;
import org.whonix2.core.log.SignedNote;
import org.whonix2.core.log.TilePath;
import org.whonix2.io.files.AtomicFiles;

/** One log as a box keeps it. */
public final class LogStore {
  private final Path folder;

  LogStore(Path folder) {
    this.folder = folder;
  }

  /**
   * Reads everything and checks that the entries are those of the kept checkpoint.
   *
   * @param entries takes every entry in order; what it took counts only if this returns
   * @throws MalformedInputException if the files are not what was written
   */
  public LogState load(Consumer<byte[]> entries) throws IOException, MalformedInputException {
    Optional<byte[]> checkpoint =
        AtomicFiles.readIfPresent(folder.resolve("checkpoint"), SignedNote.MAX_BYTES);
    if (checkpoint.isEmpty()) {
      return LogState.empty();
    }
    long size = Checkpoint.parse(SignedNote.parse(checkpoint.get()).text()).size();
    Frontier frontier = Frontier.empty();
    while (frontier.size() < size) {
      for (byte[] entry : bundle(frontier.size() / TilePath.FULL, size)) {
        entries.accept(entry);
        frontier = frontier.appendEntry(entry);
      }
    }
    return LogState.of(checkpoint.get(), frontier);
  }

  private List<byte[]> bundle(long index, long size) throws IOException, MalformedInputException {
    TilePath path = path(index, size);
    byte[] bytes =
        AtomicFiles.readIfPresent(folder.resolve(path.toString()), EntryBundle.MAX_BYTES)
            .orElseThrow(() -> new MalformedInputException("expected " + path + ", found no file"));
    return EntryBundle.parse(bytes, path.width());
  }

  private static TilePath path(long index, long size) {
    return TilePath.entries(index, TilePath.widthAt(TilePath.ENTRIES, index, size));
  }

  /** Takes new entries behind the kept ones. */
  public Appender append(LogState kept) throws IOException, MalformedInputException {
    return new Appender(kept.size());
  }

  /** Writes entries as they come; {@link #commit} makes them count. */
  public final class Appender implements EntrySink {
    private final long from;
    private long size;
    private final List<byte[]> bundle;

    private Appender(long from) throws IOException, MalformedInputException {
      this.from = from;
      this.size = from;
      boolean inside = from % TilePath.FULL != 0;
      this.bundle =
          new ArrayList<>(inside ? LogStore.this.bundle(from / TilePath.FULL, from) : List.of());
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
      Path file = folder.resolve(path((size - 1) / TilePath.FULL, size).toString());
      Path parent = file.getParent();
      if (parent != null) {
        AtomicFiles.createFolders(parent);
      }
      AtomicFiles.replace(file, EntryBundle.format(bundle));
    }

    /** Makes this state the kept one; its entries are the ones taken since the state before. */
    public void commit(LogState state) throws IOException {
      if (state.size() != size) {
        throw new IllegalStateException("expected " + size + " entries, found " + state.size());
      }
      if (!bundle.isEmpty() && size > from) {
        write();
      }
      AtomicFiles.replace(
          folder.resolve("checkpoint"),
          state.note().orElseThrow(() -> new IllegalStateException("no checkpoint")).toBytes());
      Files.deleteIfExists(folder.resolve(Misbehaviour.ROLLBACK.fileName()));
      if (from % TilePath.FULL != 0 && size > from) {
        // Narrower than the tile that has just replaced it.
        Files.deleteIfExists(folder.resolve(path(from / TilePath.FULL, from).toString()));
      }
    }
  }

  /** What a log was caught at. */
  public enum Misbehaviour {
    /** It showed an older tree. Anybody in between can replay one: the next good sync clears it. */
    ROLLBACK("rollback", "went back to an older checkpoint"),
    /** It signed two histories. That stays until the owner removes the file. */
    FORK("fork", "signed two histories");

    private final String fileName;
    private final String what;

    Misbehaviour(String fileName, String what) {
      this.fileName = fileName;
      this.what = what;
    }

    String fileName() {
      return fileName;
    }

    /** Continues "the log". */
    public String what() {
      return what;
    }
  }

  /** Keeps a proof: from now on nothing of this log is believed. */
  public void keepProof(Misbehaviour misbehaviour, String proof) throws IOException {
    AtomicFiles.replace(
        folder.resolve(misbehaviour.fileName()), proof.getBytes(StandardCharsets.UTF_8));
  }

  /** The proof that stands against the log, if any. */
  public Optional<String> proof(Misbehaviour misbehaviour) throws IOException {
    return AtomicFiles.readIfPresent(
            folder.resolve(misbehaviour.fileName()), 4 * SignedNote.MAX_BYTES)
        .map(bytes -> new String(bytes, StandardCharsets.UTF_8));
  }

  /** Where a proof lies, for messages. */
  public Path proofFile(Misbehaviour misbehaviour) {
    return folder.resolve(misbehaviour.fileName());
  }

  /** Where all of this log lies, for messages. */
  public Path folder() {
    return folder;
  }
}
