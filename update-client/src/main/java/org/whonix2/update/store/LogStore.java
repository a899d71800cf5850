package org.whonix2.update.store;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.log.Checkpoint;
import org.whonix2.core.log.EntryBundle;
import org.whonix2.core.log.Frontier;
import org.whonix2.core.log.LogState;
import org.whonix2.core.log.SignedNote;
import org.whonix2.core.log.TilePath;
import org.whonix2.core.log.WitnessedTimes;
import org.whonix2.io.files.AtomicFiles;

/** One log as a box keeps it. */
public final class LogStore {
  static final String CHECKPOINT = "checkpoint";
  private static final String TIMES = "times";

  /** How many proofs that no longer stand are kept, the newest ones. */
  static final int MAX_CLEARED = 8;

  private static final DateTimeFormatter SEEN =
      DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss.SSS'Z'").withZone(ZoneOffset.UTC);

  private final Path folder;
  private final StoreFiles files;

  LogStore(Path folder, StoreFiles files) {
    this.folder = folder;
    this.files = files;
  }

  /**
   * Reads everything and checks that the entries are those of the kept checkpoint. Needs no lock:
   * where a sync committed meanwhile, it goes on to the new checkpoint, whose tree begins with what
   * has been read.
   *
   * @param entries takes every entry in order; what it took counts only if this returns
   * @throws MalformedInputException if the files are not what was written
   */
  public LogState load(Consumer<byte[]> entries) throws IOException, MalformedInputException {
    Optional<Tree> kept = tree();
    if (kept.isEmpty()) {
      return LogState.empty();
    }
    Tree tree = kept.get();
    Frontier frontier = Frontier.empty();
    while (frontier.size() < tree.size) {
      Found found = find(frontier.size() / TilePath.FULL, tree);
      tree = found.tree;
      frontier = take(found.bundle, frontier, entries);
    }
    return LogState.of(tree.note.toBytes(), frontier);
  }

  /**
   * Reads once more what was loaded, and nothing that a sync took in since: what two readings say
   * together is of one tree. Needs no lock either.
   *
   * @param entries takes every entry in order; what it took counts only if this returns
   * @throws MalformedInputException if the files are not what was loaded
   */
  public void reload(LogState loaded, Consumer<byte[]> entries)
      throws IOException, MalformedInputException {
    if (loaded.note().isEmpty()) {
      return;
    }
    Tree tree = new Tree(loaded.note().get(), loaded.size());
    Frontier frontier = Frontier.empty();
    while (frontier.size() < loaded.size()) {
      Found found = find(frontier.size() / TilePath.FULL, tree);
      tree = found.tree;
      int wanted = (int) Math.min(found.bundle.size(), loaded.size() - frontier.size());
      frontier = take(found.bundle.subList(0, wanted), frontier, entries);
    }
    if (!frontier.root().equals(loaded.frontier().root())) {
      throw new MalformedInputException(
          "expected the " + loaded.size() + " entries read before, found others");
    }
  }

  private static Frontier take(List<byte[]> bundle, Frontier frontier, Consumer<byte[]> entries) {
    Frontier extended = frontier;
    for (byte[] entry : bundle) {
      entries.accept(entry);
      extended = extended.appendEntry(entry);
    }
    return extended;
  }

  /** A checkpoint that is or was kept, and its tree's size, which names the bundles. */
  private record Tree(SignedNote note, long size) {}

  /** A bundle, and the tree that it is of. */
  private record Found(Tree tree, List<byte[]> bundle) {}

  /** The bundle in this tree; in the newer one where a sync has replaced it meanwhile. */
  private Found find(long index, Tree tree) throws IOException, MalformedInputException {
    TilePath path = path(index, tree.size);
    Optional<List<byte[]>> bundle = bundle(path);
    if (bundle.isPresent()) {
      return new Found(tree, bundle.get());
    }
    Optional<Tree> newer = tree();
    if (newer.isEmpty() || newer.get().size <= tree.size) {
      throw new MalformedInputException("expected " + path + ", found no file");
    }
    return find(index, newer.get());
  }

  private Optional<Tree> tree() throws IOException, MalformedInputException {
    Optional<byte[]> checkpoint =
        AtomicFiles.readIfPresent(folder.resolve(CHECKPOINT), SignedNote.MAX_BYTES);
    if (checkpoint.isEmpty()) {
      return Optional.empty();
    }
    SignedNote note = SignedNote.parse(checkpoint.get());
    return Optional.of(new Tree(note, Checkpoint.parse(note.text()).size()));
  }

  private Optional<List<byte[]>> bundle(TilePath path) throws IOException, MalformedInputException {
    Optional<byte[]> bytes =
        AtomicFiles.readIfPresent(folder.resolve(path.toString()), EntryBundle.MAX_BYTES);
    return bytes.isEmpty()
        ? Optional.empty()
        : Optional.of(EntryBundle.parse(bytes.get(), path.width()));
  }

  private List<byte[]> bundle(long index, LogState kept)
      throws IOException, MalformedInputException {
    TilePath path = path(index, kept.size());
    return bundle(path)
        .orElseThrow(() -> new MalformedInputException("expected " + path + ", found no file"));
  }

  static TilePath path(long index, long size) {
    return TilePath.entries(index, TilePath.widthAt(TilePath.ENTRIES, index, size));
  }

  /** The root that the kept tree had when it was of this smaller size; for the writer. */
  public Sha256 root(LogState kept, long size) throws IOException {
    Frontier frontier = Frontier.empty();
    try {
      while (frontier.size() < size) {
        List<byte[]> bundle = bundle(frontier.size() / TilePath.FULL, kept);
        int wanted = (int) Math.min(bundle.size(), size - frontier.size());
        for (byte[] entry : bundle.subList(0, wanted)) {
          frontier = frontier.appendEntry(entry);
        }
      }
    } catch (MalformedInputException e) {
      throw new IOException(folder + ": changed while it was read: " + e.getMessage(), e);
    }
    return frontier.root();
  }

  /** How many bytes the kept entries take. */
  public long bytes(LogState kept) throws IOException {
    long bytes = 0;
    for (long index = 0; index * TilePath.FULL < kept.size(); index++) {
      bytes += Files.size(folder.resolve(path(index, kept.size()).toString()));
    }
    return bytes;
  }

  /** By when its entries stood in the log, as far as this box saw it; nothing if that is lost. */
  public WitnessedTimes times() throws IOException {
    Optional<byte[]> file =
        AtomicFiles.readIfPresent(
            folder.resolve(TIMES), WitnessedTimes.MAX_BYTES + SealedText.OVERHEAD);
    try {
      return file.isPresent()
          ? WitnessedTimes.parse(SealedText.open(file.get()))
          : WitnessedTimes.none();
    } catch (MalformedInputException e) {
      // Without them entries only look younger. The next sync begins anew.
      return WitnessedTimes.none();
    }
  }

  /** Keeps that a tree of this size was there by then; for the writer. */
  public void witnessed(long size, Instant time) throws IOException {
    byte[] text = times().with(size, time).toBytes();
    files.replace(folder.resolve(TIMES), SealedText.seal(text));
  }

  /** Takes new entries behind the kept ones; for the writer. */
  public Appender append(LogState kept) throws IOException, MalformedInputException {
    boolean inside = kept.size() % TilePath.FULL != 0;
    List<byte[]> partial = inside ? bundle(kept.size() / TilePath.FULL, kept) : List.of();
    return new Appender(this, folder, files, kept.size(), partial);
  }

  /** What this address served of it that nothing proves yet; for the writer. */
  public UnprovenBundles unproven(URI address) {
    return new UnprovenBundles(folder, address, UnprovenBundles.MAX_BYTES);
  }

  /** Removes all of that, of every address; for the writer. */
  public void forgetUnproven() {
    UnprovenBundles.forgetAll(folder);
  }

  /** What a log was caught at. */
  public enum Misbehaviour {
    /**
     * It showed an older tree. Anybody in between can replay one: the next good sync clears it, and
     * the proof is kept under the name rollback-TIME.
     */
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
    files.replace(proofFile(misbehaviour), proof.getBytes(StandardCharsets.UTF_8));
  }

  /** Lets a rollback no longer stand, but keeps its proof beside the newest of those before. */
  void clearRollback() throws IOException {
    Path standing = proofFile(Misbehaviour.ROLLBACK);
    Instant seen;
    try {
      seen = Files.getLastModifiedTime(standing).toInstant();
    } catch (NoSuchFileException e) {
      return;
    }
    files.move(standing, folder.resolve(standing.getFileName() + "-" + SEEN.format(seen)));
    List<Path> cleared = clearedRollbacks();
    for (Path old : cleared.subList(0, Math.max(0, cleared.size() - MAX_CLEARED))) {
      files.delete(old);
    }
  }

  /** The proofs that no longer stand, oldest first. */
  List<Path> clearedRollbacks() throws IOException {
    String prefix = Misbehaviour.ROLLBACK.fileName() + "-";
    try (Stream<Path> all = Files.list(folder)) {
      return all.filter(file -> String.valueOf(file.getFileName()).startsWith(prefix))
          .sorted()
          .toList();
    }
  }

  /** The proof that stands against the log, if any. */
  public Optional<String> proof(Misbehaviour misbehaviour) throws IOException {
    return AtomicFiles.readIfPresent(proofFile(misbehaviour), 4 * SignedNote.MAX_BYTES)
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
