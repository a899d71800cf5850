package org.whonix2.server.store;

import org.jdbi.v3.core.Handle;

/**
 * Something derived from the entries, in tables of its own. It is told of each entry once, in the
 * log's order, in the transaction that stores the entry; of those that stood there before it did,
 * when the log is opened.
 */
public interface EntryIndex {
  /** Such as {@code roster-1}: it is made anew under another name. */
  String name();

  /** Empties its tables. */
  void clear(Handle handle);

  void add(Handle handle, long index, LogEntry entry) throws StoreException;
}
