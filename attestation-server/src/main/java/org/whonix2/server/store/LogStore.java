package org.whonix2.server.store;

import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.HandleCallback;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jspecify.annotations.Nullable;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.log.Frontier;
import org.whonix2.core.log.HashReader;
import org.whonix2.core.log.TileHashReader;
import org.whonix2.core.log.TilePath;
import org.whonix2.core.log.TreeHash;

/** The log's entries and everything derived from them, in an SQL database. */
public final class LogStore implements LogReader, AutoCloseable {
  private static final String FOR_UPDATE = " for update";

  private final Database database;
  private final Jdbi jdbi;
  private final Indexes indexes;
  private final Following following = new Following(this::tellSome);

  /** The newest head that is known to be on disk. */
  private volatile @Nullable TreeHead durable;

  private LogStore(Database database, Jdbi jdbi, Indexes indexes) {
    this.database = database;
    this.jdbi = jdbi;
    this.indexes = indexes;
  }

  /**
   * Brings the schema and the indexes that are in step up to date and checks that tree head, tiles
   * and the newest entries agree.
   *
   * @throws StoreException if they do not, or the database fails
   */
  public static LogStore open(Database database, List<EntryIndex> indexes) throws StoreException {
    LogStore store =
        new LogStore(database, Jdbi.create(database.dataSource()), new Indexes(indexes));
    try {
      migrate(database);
      store.layEmptyTree();
      // Under the head's lock: another process may append meanwhile.
      store.transaction("read the tree", h -> StoredTree.check(h, head(h, FOR_UPDATE)));
      store.catchUp();
      return store;
    } catch (StoreException e) {
      store.close();
      throw e;
    }
  }

  static void migrate(Database database) throws StoreException {
    try {
      Flyway.configure()
          .dataSource(database.dataSource())
          .locations("classpath:org/whonix2/server/store/schema")
          .load()
          .migrate();
    } catch (FlywayException e) {
      throw new StoreException("cannot bring the log's schema up to date", e);
    }
  }

  private void catchUp() throws StoreException {
    // Under the head's lock: another process may append, or open the log, at the same time.
    long size =
        transaction(
            "begin the indexes",
            handle -> {
              TreeHead head = head(handle, FOR_UPDATE);
              indexes.begin(handle);
              return head.size();
            });
    for (long known = 0; known < size; ) {
      known =
          transaction(
              "fill the indexes",
              handle -> indexes.catchUp(handle, head(handle, FOR_UPDATE).size()));
      sync();
    }
  }

  private void layEmptyTree() throws StoreException {
    if (isLaid()) {
      return;
    }
    try {
      transaction(
          "lay the empty tree",
          handle ->
              handle.execute(
                  "insert into tree_head values (1, 0, ?)", TreeHash.emptyRoot().toByteArray()));
    } catch (StoreException e) {
      // Of two processes that begin a log at the same time one comes second.
      if (!isLaid()) {
        throw e;
      }
    }
  }

  private boolean isLaid() throws StoreException {
    return read(
        "the tree head",
        handle ->
            handle.createQuery("select count(*) from tree_head").mapTo(Integer.class).one() == 1);
  }

  public TreeHead head() throws StoreException {
    return read("the tree head", handle -> head(handle, ""));
  }

  /**
   * The head, when a loss of power could not take it back any more: the commit that made it may
   * have failed to reach the disk, or may be another process's.
   */
  public TreeHead durableHead() throws StoreException {
    TreeHead head = head();
    if (!head.equals(durable)) {
      sync();
      durable = head;
    }
    return head;
  }

  private static TreeHead head(Handle handle, String lock) throws StoreException {
    return handle
        .createQuery("select tree_size, root from tree_head" + lock)
        .map((row, context) -> new TreeHead(row.getLong(1), sha256(row.getBytes(2))))
        .one();
  }

  /**
   * Appends the entries to the tree whose head is {@code expected}, all or none, and returns when
   * they are on disk.
   *
   * @return the new head, or empty if another writer has moved the head meanwhile
   */
  public Optional<TreeHead> append(TreeHead expected, List<LogEntry> entries)
      throws StoreException {
    Optional<TreeHead> next =
        transaction("append entries", handle -> append(handle, expected, entries));
    if (next.isPresent()) {
      sync();
      durable = next.get();
    }
    return next;
  }

  private Optional<TreeHead> append(Handle handle, TreeHead expected, List<LogEntry> entries)
      throws StoreException {
    if (!head(handle, FOR_UPDATE).equals(expected)) {
      return Optional.empty();
    }
    Frontier frontier = StoredTree.frontier(handle, expected);
    List<Sha256> leaves = new ArrayList<>(entries.size());
    PreparedBatch rows = handle.prepareBatch("insert into entry values (?, ?, ?, ?)");
    for (LogEntry entry : entries) {
      Sha256 leaf = TreeHash.leaf(entry.content());
      rows.add(
          frontier.size(), leaf.toByteArray(), entry.identity().toByteArray(), entry.content());
      frontier = frontier.append(leaf);
      leaves.add(leaf);
    }
    TreeHead next = new TreeHead(frontier.size(), frontier.root());
    int moved =
        handle.execute(
            "update tree_head set tree_size = ?, root = ? where tree_size = ? and root = ?",
            next.size(),
            next.root().toByteArray(),
            expected.size(),
            expected.root().toByteArray());
    if (moved != 1) {
      handle.rollback();
      return Optional.empty();
    }
    rows.execute();
    StoredTree.grow(handle, 0, expected.size(), leaves);
    indexes.add(handle, expected.size(), entries);
    return Optional.of(next);
  }

  /**
   * Tells the indexes that follow what they do not know yet of the tree of this size, which the
   * stored one must have reached. Whoever is about to ask them calls this first.
   *
   * @return to which size they know it: a smaller one if that takes too long, as it may while many
   *     entries come in
   */
  public long follow(long size) throws StoreException {
    return following.upTo(size);
  }

  /** To which size the indexes that follow know the tree, as far as this process knows. */
  public long followed() {
    return following.known();
  }

  /**
   * Tells the indexes that follow of some entries that they do not know, however long that takes.
   *
   * @return to which size they know the tree
   */
  public long followSome() throws StoreException {
    return following.some();
  }

  private long tellSome() throws StoreException {
    return transaction(
        "fill the indexes", handle -> indexes.follow(handle, head(handle, "").size()));
  }

  /** Where the entry with this identity stands. */
  public OptionalLong indexOf(Sha256 identity) throws StoreException {
    return lookUp(
        "an entry's index",
        connection -> {
          try (PreparedStatement query =
              connection.prepareStatement("select leaf_index from entry where identity = ?")) {
            query.setBytes(1, identity.toByteArray());
            try (ResultSet row = query.executeQuery()) {
              return row.next() ? OptionalLong.of(row.getLong(1)) : OptionalLong.empty();
            }
          }
        });
  }

  /** Where the entries with these identities stand, those that do. */
  public Map<Sha256, Long> indexesOf(Collection<Sha256> identities) throws StoreException {
    List<byte[]> digests = identities.stream().map(Sha256::toByteArray).toList();
    return read(
        "entries' indexes",
        handle ->
            handle
                .createQuery("select identity, leaf_index from entry where identity in (<digests>)")
                .bindList("digests", digests)
                .map((row, context) -> Map.entry(sha256(row.getBytes(1)), row.getLong(2)))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)));
  }

  @Override
  public List<byte[]> entries(long from, int count) throws StoreException {
    return read("entries", handle -> entries(handle, from, count));
  }

  static List<byte[]> entries(Handle handle, long from, int count) {
    return handle
        .createQuery(
            "select content from entry where leaf_index >= ? and leaf_index < ?"
                + " order by leaf_index")
        .bind(0, from)
        .bind(1, from + count)
        .map((row, context) -> row.getBytes(1))
        .list();
  }

  /** The hashes at this path, or empty where fewer stand. */
  public Optional<byte[]> tile(TilePath path) throws StoreException {
    return read("a tile", handle -> StoredTree.tile(handle, path));
  }

  /**
   * The hashes of the tree of this size, which the stored one must have reached, for one proof: it
   * remembers the tiles it has read.
   */
  public HashReader hashes(long size) {
    return new TileHashReader(
        path ->
            StoredTree.parsed(
                path, tile(path).orElseThrow(() -> new StoreException("there is no " + path))),
        size);
  }

  /** The published checkpoint, or empty before the first. */
  public Optional<PublishedNote> published() throws StoreException {
    return read("the checkpoint", LogStore::published);
  }

  private static Optional<PublishedNote> published(Handle handle) {
    return handle
        .createQuery("select tree_size, note from checkpoint")
        .map((row, context) -> new PublishedNote(row.getLong(1), row.getBytes(2)))
        .findOne();
  }

  /** Makes one note of two about one tree: the one that stands there, and a new one. */
  public interface Merge {
    PublishedNote merge(PublishedNote standing, PublishedNote note) throws StoreException;
  }

  /**
   * Keeps the checkpoint that is to be served, on disk when this returns.
   *
   * @param merge what becomes of two for trees of one size
   * @return what stands there now: one for a larger tree stays
   */
  public PublishedNote publish(PublishedNote note, Merge merge) throws StoreException {
    PublishedNote kept =
        transaction(
            "publish a checkpoint",
            handle -> {
              // Processes that publish at the same time do so one after the other.
              head(handle, FOR_UPDATE);
              return publish(handle, published(handle), note, merge);
            });
    sync();
    return kept;
  }

  private static PublishedNote publish(
      Handle handle, Optional<PublishedNote> standing, PublishedNote note, Merge merge)
      throws StoreException {
    if (standing.isEmpty()) {
      handle.execute("insert into checkpoint values (1, ?, ?)", note.size(), note.note());
      return note;
    }
    if (standing.get().size() > note.size()) {
      return standing.get();
    }
    PublishedNote kept =
        standing.get().size() == note.size() ? merge.merge(standing.get(), note) : note;
    handle.execute("update checkpoint set tree_size = ?, note = ?", kept.size(), kept.note());
    return kept;
  }

  /** Returns only when everything committed so far would survive a loss of power. */
  public void sync() throws StoreException {
    read(
        "sync",
        handle -> {
          try {
            database.sync(handle.getConnection());
            return true;
          } catch (SQLException e) {
            throw new StoreException(
                database.failure().orElse("the database could not be synced to disk"), e);
          }
        });
  }

  /** Whether it can be used: it cannot, for good, once a sync has failed. */
  public boolean isSound() {
    return database.failure().isEmpty();
  }

  private void requireSound() throws StoreException {
    Optional<String> failure = database.failure();
    if (failure.isPresent()) {
      throw new StoreException(failure.get());
    }
  }

  @Override
  public <T> T lookUp(String what, LookUp<T> question) throws StoreException {
    requireSound();
    try (Connection connection = database.dataSource().getConnection()) {
      return question.in(connection);
    } catch (SQLException e) {
      throw new StoreException("the database failed to give " + what, e);
    }
  }

  @Override
  public <T> T read(String what, HandleCallback<T, StoreException> work) throws StoreException {
    requireSound();
    try {
      return jdbi.withHandle(work);
    } catch (JdbiException e) {
      throw new StoreException("the database failed to give " + what, e);
    }
  }

  /**
   * Works in a transaction during which nobody appends, nor anybody else works here.
   *
   * @throws IOException if the work does; then nothing of it stays in the tables
   */
  public <T> T exclusively(String what, HandleCallback<T, IOException> work) throws IOException {
    requireSound();
    try {
      return jdbi.inTransaction(
          handle -> {
            head(handle, FOR_UPDATE);
            return work.withHandle(handle);
          });
    } catch (JdbiException e) {
      throw new StoreException("the database failed to change " + what, e);
    }
  }

  /**
   * The same, and every index knows every entry meanwhile.
   *
   * @throws IOException if the work does; then nothing of it stays in the tables
   */
  public <T> T exclusivelyKnowing(String what, HandleCallback<T, IOException> work)
      throws IOException {
    // Most of it before the lock: whoever submits waits for that.
    for (long size = head().size(), known = 0; known < size; ) {
      known = followSome();
    }
    return exclusively(
        what,
        handle -> {
          long size = head(handle, "").size();
          for (long known = 0; known < size; ) {
            known = indexes.follow(handle, size);
          }
          return work.withHandle(handle);
        });
  }

  private <T> T transaction(String what, HandleCallback<T, StoreException> work)
      throws StoreException {
    for (; ; ) {
      requireSound();
      try {
        return jdbi.inTransaction(work);
      } catch (JdbiException e) {
        if (!madeWay(e)) {
          throw new StoreException("the database failed to " + what, e);
        }
      }
    }
  }

  private boolean madeWay(JdbiException failure) {
    try {
      return failure.getCause() instanceof SQLException why && database.makeWay(why);
    } catch (SQLException e) {
      failure.addSuppressed(e);
      return false;
    }
  }

  static Sha256 sha256(byte[] digest) {
    try {
      return Sha256.ofDigest(digest);
    } catch (MalformedInputException e) {
      throw new IllegalStateException("the schema lets no other length in", e);
    }
  }

  @Override
  public void close() {
    database.close();
  }
}
