package org.whonix2.server.store;

import java.util.List;
import org.jdbi.v3.core.Handle;

/**
 * Something derived from the entries, in tables of its own. It is told of each entry once, in the
 * log's order, in the transaction that stores it; of those that stood there before it did, when the
 * log is opened.
 */
public interface EntryIndex {
  /** Such as {@code roster-1}: it is made anew under another name. */
  String name();

  /** Empties its tables. */
  void clear(Handle handle);

  /**
   * Takes in what these entries say.
   *
   * @param from where the first of the entries stands; the others follow it
   */
  void add(Handle handle, long from, List<LogEntry> entries) throws StoreException;
}
