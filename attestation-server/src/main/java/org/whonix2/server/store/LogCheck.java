package org.whonix2.server.store;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.core.transaction.TransactionIsolationLevel;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.log.Checkpoint;
import org.whonix2.core.log.Frontier;
import org.whonix2.core.log.TreeHash;
import org.whonix2.core.log.TrustedLog;
import org.whonix2.core.log.VerifierKey;
import org.whonix2.io.progress.Progress;

/**
 * Reads a whole log again, in one snapshot of it, and proves that everything it holds follows from
 * its entries, and the entries from its key's signature and from those of who may submit. Changes
 * nothing.
 */
public final class LogCheck {
  private static final int STEP = 256;

  /**
   * What the log is held against that does not come from its database.
   *
   * @param witnesses who are expected to have cosigned the published checkpoint
   * @param kept checkpoints of the log that were kept elsewhere, verified
   * @param rules over a log's entries and tables, what it takes in
   */
  public record Evidence(
      TrustedLog log,
      List<VerifierKey> witnesses,
      List<Checkpoint> kept,
      Function<LogReader, EntryRules> rules) {
    public Evidence {
      witnesses = List.copyOf(witnesses);
      kept = List.copyOf(kept);
    }
  }

  /** What came out. */
  public sealed interface Outcome {
    /**
     * Nothing is wrong.
     *
     * @param taken how many entries the log took in which way; each way is there
     * @param firstLate the first entry that was late, if one was
     * @param cosigned the names of those witnesses whose cosignature is on the checkpoint
     * @param missing the names of the others
     * @param behind how many entries each index that lags does not know yet, by its name
     * @param tables what the indexes hold
     */
    record Proven(
        TreeHead head,
        Map<EntryRules.Taken, Long> taken,
        OptionalLong firstLate,
        long tiles,
        long checkpoint,
        List<String> cosigned,
        List<String> missing,
        List<String> indexes,
        SortedMap<String, Long> behind,
        List<String> tables)
        implements Outcome {}

    /** The first contradiction, and where it is. */
    record Wrong(String what) implements Outcome {}
  }

  private final Handle handle;
  private final Evidence evidence;
  private final Progress progress;
  private final TreeHead head;
  private final CheckedCheckpoint checkpoint;

  private LogCheck(Handle handle, Evidence evidence, Progress progress) {
    this.handle = handle;
    this.evidence = evidence;
    this.progress = progress;
    this.head =
        handle
            .createQuery("select tree_size, root from tree_head")
            .map((row, context) -> new TreeHead(row.getLong(1), LogStore.sha256(row.getBytes(2))))
            .one();
    this.checkpoint = new CheckedCheckpoint(handle, head, evidence);
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
      Evidence evidence,
      Path scratch,
      Progress progress)
      throws IOException {
    try {
      return Jdbi.create(database.dataSource())
          .inTransaction(
              TransactionIsolationLevel.REPEATABLE_READ,
              handle -> {
                letPause(database, handle);
                return new LogCheck(handle, evidence, progress).all(indexes, scratch);
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

  private Outcome all(List<EntryIndex> indexes, Path scratch) throws IOException {
    long tiles = entries();
    progress.phase("checkpoint");
    List<String> cosigned = checkpoint.check();
    CheckedIndexes.Found found =
        new CheckedIndexes(handle, head, indexes, progress).check(scratch, evidence.rules());
    progress.done();
    return new Outcome.Proven(
        head,
        found.taken(),
        found.firstLate(),
        tiles,
        checkpoint.publishedSize(),
        cosigned,
        evidence.witnesses().stream()
            .map(VerifierKey::name)
            .filter(name -> !cosigned.contains(name))
            .toList(),
        indexes.stream().map(EntryIndex::name).toList(),
        found.behind(),
        found.tables());
  }

  /** Entries, their hashes and identities, tiles, and the root; returns the number of tiles. */
  private long entries() throws IOException {
    progress.phase("entries", head.size());
    Frontier frontier = Frontier.empty();
    CheckedTiles tiles = new CheckedTiles(handle);
    checkpoint.grown(frontier);
    List<Row> rows;
    do {
      rows = rows(frontier.size());
      for (Row row : rows) {
        check(row, frontier.size());
        Sha256 leaf = TreeHash.leaf(row.content);
        tiles.add(leaf);
        frontier = frontier.append(leaf);
        checkpoint.grown(frontier);
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
    LogEntry entry = LogEntry.logged(row.content);
    if (!Arrays.equals(row.content, entry.content())) {
      throw new ContradictionException(
          "entry " + index + ": expected an envelope as a log writes it, found another writing");
    }
    if (!Arrays.equals(row.identity, entry.identity().toByteArray())) {
      throw new ContradictionException(
          "entry " + index + ": expected the identity of its content, found another");
    }
  }
}
