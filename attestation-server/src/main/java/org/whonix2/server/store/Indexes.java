package org.whonix2.server.store;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jdbi.v3.core.Handle;

/** All indexes of a log: those in step with its tree, and those that follow it. */
final class Indexes {
  /** Entries read at a time; at the longest ones that is 16 MiB. */
  private static final int STEP = 256;

  private final List<EntryIndex> all;
  private final List<EntryIndex> inStep;
  private final List<EntryIndex> following;

  Indexes(List<EntryIndex> all) {
    this.all = List.copyOf(all);
    this.inStep = all.stream().filter(EntryIndex::isInStep).toList();
    this.following = all.stream().filter(index -> !index.isInStep()).toList();
  }

  /** Drops what is known of indexes that are no more, and begins those that are new. */
  void begin(Handle handle) {
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
  }

  /**
   * Tells each index in step of some entries that stood there before it did.
   *
   * @param size of the tree
   * @return to which size they all know it
   */
  long catchUp(Handle handle, long size) throws StoreException {
    return tell(handle, inStep, size);
  }

  /**
   * Tells each index that follows of some entries that it does not know.
   *
   * @param size of the tree, or of a smaller one
   * @return to which size they all know it
   */
  long follow(Handle handle, long size) throws StoreException {
    return tell(handle, following, size);
  }

  private static long tell(Handle handle, List<EntryIndex> indexes, long size)
      throws StoreException {
    // Most often they all know as much: what they are told is read once.
    Map<Long, List<LogEntry>> read = new HashMap<>();
    long known = size;
    for (EntryIndex index : indexes) {
      long done = size(handle, index);
      long end = Math.min(size, done + STEP);
      if (done < end) {
        add(handle, index, done, read.computeIfAbsent(done, from -> entries(handle, from, end)));
      }
      known = Math.min(known, end);
    }
    return known;
  }

  private static List<LogEntry> entries(Handle handle, long from, long end) {
    return LogStore.entries(handle, from, (int) (end - from)).stream()
        .map(LogEntry::logged)
        .toList();
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

  /** Tells each index in step of new entries, which begin where the tree ended. */
  void add(Handle handle, long from, List<LogEntry> entries) throws StoreException {
    for (EntryIndex index : inStep) {
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
