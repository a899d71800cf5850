package org.whonix2.server.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.jdbi.v3.core.HandleCallback;

/** A log's entries, and the tables that are derived from them. */
public interface LogReader {
  /** The entries {@code [from, from + count)}, or as many of them as there are. */
  List<byte[]> entries(long from, int count) throws StoreException;

  /** One question to the database. */
  interface LookUp<T> {
    T in(Connection connection) throws SQLException;
  }

  /**
   * Asks the tables what every submission has to know. Without Jdbi, whose handle costs more than
   * such a question does.
   */
  <T> T lookUp(String what, LookUp<T> question) throws StoreException;

  /** Asks the tables, for the owner of an index. */
  <T> T read(String what, HandleCallback<T, StoreException> work) throws StoreException;
}
