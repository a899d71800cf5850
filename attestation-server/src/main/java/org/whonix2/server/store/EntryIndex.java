package org.whonix2.server.store;

import java.util.List;
import org.jdbi.v3.core.Handle;

/**
 * Something derived from the entries, in tables of its own, which is told of each entry once, in
 * the log's order.
 */
public interface EntryIndex {
  /** Such as {@code roster-1}: it is made anew under another name. */
  String name();

  /**
   * Whether it is told of an entry in the transaction that stores it, as what decides on the next
   * entry must be. All others follow: they take more time than the log itself, and are told later,
   * before anybody asks them ({@link LogStore#follow}).
   */
  boolean isInStep();

  /** Empties its tables. */
  void clear(Handle handle);

  /**
   * Takes in what these entries say.
   *
   * @param from where the first of the entries stands; the others follow it
   */
  void add(Handle handle, long from, List<LogEntry> entries) throws StoreException;
}
