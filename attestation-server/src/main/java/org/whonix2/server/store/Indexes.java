package org.whonix2.server.store;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.jdbi.v3.core.Handle;

/** All indexes of a log, kept at the size of its tree. */
final class Indexes {
  /** Entries read at a time; at the longest ones that is 16 MiB. */
  private static final int STEP = 256;

  private final List<EntryIndex> all;

  Indexes(List<EntryIndex> all) {
    this.all = List.copyOf(all);
  }

  /** Drops what is known of indexes that are no more, and begins those that are new. */
  boolean begin(Handle handle) {
    List<String> names = all.stream().map(EntryIndex::name).toList();
    List<String> known =
        new ArrayList<>(handle.createQuery("select name from indexed").mapTo(String.class).list());
    for (String name : known) {
      if (!names.contains(name)) {
        handle.execute("delete from indexed where name = ?", name);
      }
    }
    for (EntryIndex index : all) {
      if (!known.contains(index.name())) {
        index.clear(handle);
        handle.execute("insert into indexed values (?, 0)", index.name());
      }
    }
    return !all.isEmpty();
  }

  /**
   * Tells each index of some entries that it does not know.
   *
   * @param size of the tree
   * @return whether there may be more
   */
  boolean catchUp(Handle handle, long size) throws StoreException {
    boolean more = false;
    for (EntryIndex index : all) {
      long done = size(handle, index);
      long end = Math.min(size, done + STEP);
      List<byte[]> contents = LogStore.entries(handle, done, (int) Math.max(0, end - done));
      List<LogEntry> entries = contents.stream().map(LogEntry::logged).toList();
      add(handle, index, done, entries);
      more |= end < size;
    }
    return more;
  }

  private static long size(Handle handle, EntryIndex index) throws StoreException {
    OptionalLong size =
        handle
            .createQuery("select tree_size from indexed where name = ? for update")
            .bind(0, index.name())
            .mapTo(Long.class)
            .findOne()
            .map(OptionalLong::of)
            .orElseGet(OptionalLong::empty);
    return size.orElseThrow(() -> new StoreException("there is no index " + index.name()));
  }

  /** Tells each index of new entries, which begin where the tree ended. */
  void add(Handle handle, long from, List<LogEntry> entries) throws StoreException {
    for (EntryIndex index : all) {
      add(handle, index, from, entries);
    }
  }

  private static void add(Handle handle, EntryIndex index, long from, List<LogEntry> entries)
      throws StoreException {
    if (!entries.isEmpty()) {
      index.add(handle, from, entries);
    }
    int moved =
        handle.execute(
            "update indexed set tree_size = ? where name = ? and tree_size = ?",
            from + entries.size(),
            index.name(),
            from);
    if (moved != 1) {
      throw new StoreException(
          "the index "
              + index.name()
              + " is not at the tree's size "
              + from
              + ": does another version of the server use this database?");
    }
  }
}
