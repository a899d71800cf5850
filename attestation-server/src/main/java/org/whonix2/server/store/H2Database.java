package org.whonix2.server.store;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.h2.api.ErrorCode;
import org.h2.jdbcx.JdbcConnectionPool;
import org.h2.jdbcx.JdbcDataSource;
import org.whonix2.io.files.AtomicFiles;

/**
 * H2, embedded, one file in the state folder. H2 locks that file for the process, so a second
 * server on one state folder cannot start; the system drops the lock however the process ends.
 */
public final class H2Database implements Database {
  private static final int MAX_CONNECTIONS = 70;

  private final JdbcConnectionPool pool;

  private H2Database(JdbcConnectionPool pool) {
    this.pool = pool;
  }

  /**
   * Opens or creates {@code log.mv.db} in this folder, creating the folder too.
   *
   * @throws StoreException if another process has it open, or it cannot be read
   */
  public static H2Database open(Path folder) throws IOException {
    Path file = folder.toAbsolutePath().normalize().resolve("log");
    if (file.toString().indexOf(';') >= 0) {
      throw new StoreException("expected a state folder without ';' in its name, found " + folder);
    }
    AtomicFiles.createFolders(folder);
    JdbcDataSource source = new JdbcDataSource();
    // Closing is ours to do, after the last answer; no trace file beside the data.
    source.setURL(
        "jdbc:h2:file:" + file + ";DB_CLOSE_ON_EXIT=FALSE;TRACE_LEVEL_FILE=0;QUERY_CACHE_SIZE=64");
    source.setUser("sa");
    source.setPassword("");
    JdbcConnectionPool pool = JdbcConnectionPool.create(source);
    pool.setMaxConnections(MAX_CONNECTIONS);
    try {
      pool.getConnection().close();
      AtomicFiles.syncFolder(folder);
      return new H2Database(pool);
    } catch (SQLException e) {
      pool.dispose();
      if (e.getErrorCode() == ErrorCode.DATABASE_ALREADY_OPEN_1) {
        throw new StoreException("another server has the log in " + folder + " open", e);
      }
      throw new StoreException("cannot open the log in " + folder, e);
    }
  }

  @Override
  public DataSource dataSource() {
    return pool;
  }

  /** H2 does not fsync when it commits, whatever its WRITE_DELAY. */
  @Override
  public void sync(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("CHECKPOINT SYNC");
    }
  }

  @Override
  public void close() {
    pool.dispose();
  }
}
