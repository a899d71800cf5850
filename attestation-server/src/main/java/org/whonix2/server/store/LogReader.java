package org.whonix2.server.store;

import java.util.List;
import org.jdbi.v3.core.HandleCallback;

/** A log's entries, and the tables that are derived from them. */
public interface LogReader {
  /** The entries {@code [from, from + count)}, or as many of them as there are. */
  List<byte[]> entries(long from, int count) throws StoreException;

  /** Asks the tables, for the owner of an index. */
  <T> T read(String what, HandleCallback<T, StoreException> work) throws StoreException;
}
