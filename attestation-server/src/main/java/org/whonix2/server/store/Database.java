package org.whonix2.server.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import javax.sql.DataSource;

/** What one database product needs done in its own way. */
public interface Database extends AutoCloseable {
  DataSource dataSource();

  /** Returns only when everything committed so far would survive a loss of power. */
  void sync(Connection connection) throws SQLException;

  /**
   * Hears why a transaction failed, and may remove what stood in its way.
   *
   * @return whether it should be begun anew
   */
  default boolean makeWay(SQLException failure) throws SQLException {
    return false;
  }

  /** Why nothing that it says may be believed any more, for good, or empty. */
  default Optional<String> failure() {
    return Optional.empty();
  }

  /**
   * Lets the transaction that has just begun pause for as long as it likes. It must hold no lock
   * that others wait for.
   */
  default void letPause(Connection connection) throws SQLException {}

  @Override
  void close();
}
