package org.whonix2.server.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import javax.sql.DataSource;
import org.whonix2.server.TestDatabase;

/** A database that, where it can, ends sessions much sooner that are idle in a transaction. */
record Impatient(Database database, DataSource dataSource) implements Database {
  static Impatient of(Database database, Duration idle) {
    DataSource all = database.dataSource();
    return new Impatient(database, Connections.by(() -> connect(all, idle)));
  }

  private static Connection connect(DataSource source, Duration idle) throws SQLException {
    Connection connection = source.getConnection();
    if (TestDatabase.IS_POSTGRES) {
      try (Statement statement = connection.createStatement()) {
        statement.execute("set idle_in_transaction_session_timeout = " + idle.toMillis());
      }
    }
    return connection;
  }

  @Override
  public void sync(Connection connection) throws SQLException {
    database.sync(connection);
  }

  @Override
  public void letPause(Connection connection) throws SQLException {
    database.letPause(connection);
  }

  @Override
  public void close() {
    database.close();
  }
}
