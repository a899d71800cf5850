package org.whonix2.server.store;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.core.transaction.TransactionIsolationLevel;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.log.Checkpoint;
import org.whonix2.core.log.CheckpointVerification;
import org.whonix2.core.log.Frontier;
import org.whonix2.core.log.NoteSignature;
import org.whonix2.core.log.SignedNote;
import org.whonix2.core.log.TreeHash;
import org.whonix2.core.log.TrustedLog;
import org.whonix2.core.log.VerifierKey;
import org.whonix2.io.progress.Progress;

/**
 * Reads a whole log again, in one snapshot of it, and proves that everything it holds follows from
 * its entries, and the entries from its key's signature. Changes nothing.
 */
public final class LogCheck {
  private static final int STEP = 256;

  /** What came out. */
  public sealed interface Outcome {
    /**
     * Nothing is wrong.
     *
     * @param cosigned the names of those of the given witnesses whose cosignature is on the
     *     checkpoint
     * @param tables what the indexes hold
     */
    record Proven(
        TreeHead head,
        long tiles,
        long checkpoint,
        List<String> cosigned,
        List<String> indexes,
        List<String> tables)
        implements Outcome {}

    /** The first contradiction, and where it is. */
    record Wrong(String what) implements Outcome {}
  }

  private final Handle handle;
  private final TrustedLog log;
  private final Progress progress;
  private final TreeHead head;
  private final long checkpointSize;

  /** The root at the published checkpoint's size. */
  private Optional<Sha256> rootThere = Optional.empty();

  private LogCheck(Handle handle, TrustedLog log, Progress progress) {
    this.handle = handle;
    this.log = log;
    this.progress = progress;
    this.head =
        handle
            .createQuery("select tree_size, root from tree_head")
            .map((row, context) -> new TreeHead(row.getLong(1), LogStore.sha256(row.getBytes(2))))
            .one();
    this.checkpointSize =
        handle
            .createQuery("select tree_size from checkpoint")
            .mapTo(Long.class)
            .findOne()
            .orElse(-1L);
  }

  /**
   * Checks everything.
   *
   * @param indexes new ones, which were told of nothing yet
   * @param scratch an empty folder, for the indexes that are made anew
   * @throws IOException if the database fails, or is not this version's
   */
  public static Outcome run(
      Database database,
      List<EntryIndex> indexes,
      TrustedLog log,
      List<VerifierKey> witnesses,
      Path scratch,
      Progress progress)
      throws IOException {
    try {
      return Jdbi.create(database.dataSource())
          .inTransaction(
              TransactionIsolationLevel.REPEATABLE_READ,
              handle -> {
                letPause(database, handle);
                return new LogCheck(handle, log, progress).all(indexes, witnesses, scratch);
              });
    } catch (ContradictionException e) {
      return new Outcome.Wrong(String.valueOf(e.getMessage()));
    } catch (JdbiException e) {
      throw new StoreException("the database cannot be checked", e);
    }
  }

  /** It waits while what is made anew is read. */
  private static void letPause(Database database, Handle handle) throws StoreException {
    try {
      database.letPause(handle.getConnection());
    } catch (SQLException e) {
      throw new StoreException("the database cannot be checked", e);
    }
  }

  private Outcome all(List<EntryIndex> indexes, List<VerifierKey> witnesses, Path scratch)
      throws IOException {
    long tiles = entries();
    List<String> cosigned = checkpoint(witnesses);
    List<String> tables = indexes(indexes, scratch);
    progress.done();
    return new Outcome.Proven(
        head,
        tiles,
        checkpointSize,
        cosigned,
        indexes.stream().map(EntryIndex::name).toList(),
        tables);
  }

  /** Entries, their hashes and identities, tiles, and the root; returns the number of tiles. */
  private long entries() throws IOException {
    progress.phase("entries", head.size());
    Frontier frontier = Frontier.empty();
    CheckedTiles tiles = new CheckedTiles(handle);
    if (checkpointSize == 0) {
      rootThere = Optional.of(frontier.root());
    }
    List<Row> rows;
    do {
      rows = rows(frontier.size());
      for (Row row : rows) {
        check(row, frontier.size());
        Sha256 leaf = TreeHash.leaf(row.content);
        tiles.add(leaf);
        frontier = frontier.append(leaf);
        if (frontier.size() == checkpointSize) {
          rootThere = Optional.of(frontier.root());
        }
      }
      progress.advance(rows.size());
    } while (!rows.isEmpty());
    TreeHead found = new TreeHead(frontier.size(), frontier.root());
    if (!found.equals(head)) {
      throw new ContradictionException(
          "tree head: expected " + head + ", found entries of " + found);
    }
    return tiles.end();
  }

  @SuppressWarnings("ArrayRecordComponent") // compared by nobody
  private record Row(long index, byte[] leaf, byte[] identity, byte[] content) {}

  private List<Row> rows(long from) {
    return handle
        .createQuery(
            "select leaf_index, leaf_hash, identity, content from entry"
                + " where leaf_index >= ? order by leaf_index limit "
                + STEP)
        .bind(0, from)
        .map(
            (row, context) ->
                new Row(row.getLong(1), row.getBytes(2), row.getBytes(3), row.getBytes(4)))
        .list();
  }

  private static void check(Row row, long index) throws ContradictionException {
    if (row.index != index) {
      throw new ContradictionException("entry " + index + ": expected it, found " + row.index);
    }
    if (!Arrays.equals(row.leaf, TreeHash.leaf(row.content).toByteArray())) {
      throw new ContradictionException(
          "entry " + index + ": expected the hash of its content, found another");
    }
    if (!Arrays.equals(row.identity, LogEntry.logged(row.content).identity().toByteArray())) {
      throw new ContradictionException(
          "entry " + index + ": expected the identity of its content, found another");
    }
  }

  /** The published checkpoint; returns which of the witnesses cosigned it. */
  private List<String> checkpoint(List<VerifierKey> witnesses) throws IOException {
    progress.phase("checkpoint");
    Optional<byte[]> stored =
        handle
            .createQuery("select note from checkpoint")
            .map((row, context) -> row.getBytes(1))
            .findOne();
    if (stored.isEmpty()) {
      if (head.size() == 0) {
        return List.of();
      }
      throw new ContradictionException("checkpoint: expected one, found none");
    }
    if (!(log.verify(stored.get()) instanceof CheckpointVerification.Verified verified)) {
      throw new ContradictionException(
          "checkpoint: expected one that the key given signed, found another");
    }
    Checkpoint checkpoint = verified.checkpoint().checkpoint();
    if (checkpoint.size() != checkpointSize || !rootThere.equals(Optional.of(checkpoint.root()))) {
      throw new ContradictionException(
          "checkpoint: expected the tree of its size %d, found size %d and root %s"
              .formatted(checkpointSize, checkpoint.size(), checkpoint.root()));
    }
    return cosigned(stored.get(), witnesses);
  }

  private static List<String> cosigned(byte[] stored, List<VerifierKey> witnesses)
      throws IOException {
    List<String> cosigned = new ArrayList<>();
    try {
      SignedNote note = SignedNote.parse(stored);
      for (VerifierKey witness : witnesses) {
        for (NoteSignature signature : note.signatures()) {
          if (witness.isNamedBy(signature)) {
            if (witness.cosignedAt(note.text(), signature).isEmpty()) {
              throw new ContradictionException(
                  "checkpoint: expected a cosignature by " + witness.name() + ", found a bad one");
            }
            cosigned.add(witness.name());
          }
        }
      }
    } catch (MalformedInputException e) {
      throw new StoreException("it was parsed before", e);
    }
    return cosigned;
  }

  /** Makes every index anew elsewhere; returns the tables that were compared. */
  private List<String> indexes(List<EntryIndex> indexes, Path scratch) throws IOException {
    Set<String> names = new HashSet<>();
    for (EntryIndex index : indexes) {
      names.add(index.name());
      long size =
          handle
              .createQuery("select tree_size from indexed where name = ?")
              .bind(0, index.name())
              .mapTo(Long.class)
              .findOne()
              .orElse(-1L);
      if (size != head.size()) {
        throw new ContradictionException(
            "index %s: expected it at size %d, found %s"
                .formatted(index.name(), head.size(), size < 0 ? "none" : String.valueOf(size)));
      }
    }
    for (String known : handle.createQuery("select name from indexed").mapTo(String.class).list()) {
      if (!names.contains(known)) {
        throw new ContradictionException("index " + known + ": expected no such index, found it");
      }
    }
    progress.phase("indexes", head.size());
    try (Database made = H2Database.open(scratch)) {
      LogStore.migrate(made);
      return Jdbi.create(made.dataSource()).withHandle(anew -> compare(anew, indexes));
    }
  }

  private List<String> compare(Handle anew, List<EntryIndex> indexes) throws IOException {
    for (EntryIndex index : indexes) {
      index.clear(anew);
    }
    for (long from = 0; from < head.size(); from += STEP) {
      List<byte[]> entries = LogStore.entries(handle, from, STEP);
      anew.begin();
      for (int i = 0; i < entries.size(); i++) {
        LogEntry entry = LogEntry.logged(entries.get(i));
        for (EntryIndex index : indexes) {
          index.add(anew, from + i, entry);
        }
      }
      anew.commit();
      progress.advance(entries.size());
    }
    List<String> tables = DerivedTables.names(anew);
    for (String table : tables) {
      progress.phase("table " + table);
      DerivedTables.compare(handle, anew, table);
    }
    return tables;
  }
}
