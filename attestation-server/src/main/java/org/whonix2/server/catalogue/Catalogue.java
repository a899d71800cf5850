package org.whonix2.server.catalogue;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;
import org.whonix2.core.artifact.PackageName;
import org.whonix2.core.artifact.PackageVersion;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.statement.RebuildStatement;
import org.whonix2.core.statement.SnapshotHeader;
import org.whonix2.core.statement.Statement;
import org.whonix2.server.store.EntryIndex;
import org.whonix2.server.store.LogEntry;
import org.whonix2.server.store.LogStore;
import org.whonix2.server.store.Said;
import org.whonix2.server.store.StoreException;

/** Answers questions about packages from a store that fills {@link #indexes}. */
public final class Catalogue {
  /** Entries that a question looks through at most where no index of the database leads it. */
  static final long SPAN = 20_000;

  private static final String NEXT = " and %1$s > ? and %1$s < ? order by %1$s limit ?";

  private final LogStore store;

  public Catalogue(LogStore store) {
    this.store = store;
  }

  /** What the store must be opened with. */
  public static List<EntryIndex> indexes() {
    return List.of(new RebuildIndex(), new SnapshotIndex());
  }

  /**
   * For the tree of which size questions can be answered: this one, which the stored one must have
   * reached, or a smaller one while many entries come in.
   */
  public long known(long size) throws StoreException {
    return store.follow(size);
  }

  /** An index that knows less would answer that there is nothing. */
  private void requireKnown(long size) throws StoreException {
    long known = known(size);
    if (known < size) {
      throw new StoreException(
          "the catalogue is at entry "
              + known
              + " and cannot answer for a tree of "
              + size
              + " yet");
    }
  }

  /** The statements about rebuilds that the query asks for. */
  public Page<Found<RebuildStatement>> rebuilds(RebuildQuery query, Window window)
      throws StoreException {
    requireKnown(window.size());
    RebuildQuery.Conditions conditions = query.conditions();
    long end = query.isLed() ? window.size() : Math.min(window.size(), window.after() + 1 + SPAN);
    List<Object> values = new ArrayList<>(conditions.values());
    values.addAll(List.of(window.after(), end, window.limit()));
    List<Found<RebuildStatement>> found =
        found(
            "select r.leaf_index from rebuild r where 1 = 1"
                + conditions.sql()
                + NEXT.formatted("r.leaf_index"),
            values,
            RebuildStatement.class);
    if (found.size() < window.limit() && end < window.size()) {
      return new Page<>(found, OptionalLong.of(end - 1));
    }
    return Page.of(found, window, Found::index);
  }

  /** The statements that this artifact came out. */
  public Page<Found<RebuildStatement>> rebuilds(Sha256 artifact, Window window)
      throws StoreException {
    requireKnown(window.size());
    return Page.of(
        found(
            "select leaf_index from rebuilt_artifact where digest = ?"
                + NEXT.formatted("leaf_index"),
            values(window, artifact.toByteArray()),
            RebuildStatement.class),
        window,
        Found::index);
  }

  /** Whether anybody in the tree of this size says that this artifact came out. */
  public boolean has(Sha256 artifact, long size) throws StoreException {
    requireKnown(size);
    return isThere(
        "select count(*) from rebuilt_artifact where digest = ? and leaf_index < ?",
        artifact.toByteArray(),
        size);
  }

  /**
   * The sources that somebody rebuilt or tried to, in the order of the first entries about them.
   */
  public Page<FirstSeen<PackageName>> sources(Window window) throws StoreException {
    requireKnown(window.size());
    return store.read(
        "sources",
        handle ->
            Page.of(
                query(
                        handle,
                        "select source, first_index from rebuilt_source where 1 = 1"
                            + NEXT.formatted("first_index"),
                        values(window))
                    .map(
                        (row, context) ->
                            new FirstSeen<>(new PackageName(row.getString(1)), row.getLong(2)))
                    .list(),
                window,
                FirstSeen::index));
  }

  /** The versions of a source that somebody rebuilt or tried to, in the same order. */
  public Page<FirstSeen<PackageVersion>> versions(PackageName source, Window window)
      throws StoreException {
    requireKnown(window.size());
    return store.read(
        "versions",
        handle ->
            Page.of(
                query(
                        handle,
                        "select source_version, first_index from rebuilt_version where source = ?"
                            + NEXT.formatted("first_index"),
                        values(window, source.value()))
                    .map(
                        (row, context) ->
                            new FirstSeen<>(new PackageVersion(row.getString(1)), row.getLong(2)))
                    .list(),
                window,
                FirstSeen::index));
  }

  /** Whether the tree of this size has anything about this source. */
  public boolean has(PackageName source, long size) throws StoreException {
    requireKnown(size);
    return isThere(
        "select count(*) from rebuilt_source where source = ? and first_index < ?",
        source.value(),
        size);
  }

  /** Whether the tree of this size has anything about this version of it. */
  public boolean has(PackageName source, PackageVersion version, long size) throws StoreException {
    requireKnown(size);
    return isThere(
        "select count(*) from rebuilt_version"
            + " where source = ? and source_version = ? and first_index < ?",
        source.value(),
        version.value(),
        size);
  }

  /** The newest snapshot headers of a suite, one of each series. */
  public Page<Found<SnapshotHeader>> snapshots(String suite, Window window) throws StoreException {
    requireKnown(window.size());
    return Page.of(
        found(
            "select leaf_index from snapshot where suite = ? and superseded_at >= ?"
                + NEXT.formatted("leaf_index"),
            values(window, suite, window.size()),
            SnapshotHeader.class),
        window,
        Found::index);
  }

  private static List<Object> values(Window window, Object... first) {
    List<Object> values = new ArrayList<>(List.of(first));
    values.addAll(List.of(window.after(), window.size(), window.limit()));
    return values;
  }

  private boolean isThere(String sql, Object... values) throws StoreException {
    return store.read(
            "a count", handle -> query(handle, sql, List.of(values)).mapTo(Long.class).one())
        > 0;
  }

  /** The entries at these indexes, which are chosen before any entry is read. */
  private <T extends Statement> List<Found<T>> found(
      String indexes, List<Object> values, Class<T> kind) throws StoreException {
    String sql =
        "select e.leaf_index, e.content from ("
            + indexes
            + ") chosen join entry e on e.leaf_index = chosen.leaf_index order by e.leaf_index";
    return store.read(
        "entries",
        handle ->
            query(handle, sql, values)
                .map((row, context) -> found(row.getLong(1), row.getBytes(2), kind))
                .list());
  }

  private static <T extends Statement> Found<T> found(long index, byte[] content, Class<T> kind) {
    Statement statement =
        LogEntry.logged(content)
            .said()
            .map(Said::statement)
            .orElseThrow(() -> new IllegalStateException("entry " + index + " was read before"));
    return new Found<>(index, content, kind.cast(statement));
  }

  private static Query query(Handle handle, String sql, List<Object> values) {
    Query query = handle.createQuery(sql);
    for (int i = 0; i < values.size(); i++) {
      query.bind(i, values.get(i));
    }
    return query;
  }
}
