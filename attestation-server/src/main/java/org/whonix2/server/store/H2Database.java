package org.whonix2.server.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import javax.sql.DataSource;
import org.h2.api.ErrorCode;
import org.h2.jdbcx.JdbcDataSource;
import org.h2.store.fs.FilePath;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.whonix2.io.files.AtomicFiles;

/**
 * H2, embedded, one file in the state folder. H2 locks that file for the process, so a second
 * server on one state folder cannot start; the system drops the lock however the process ends.
 */
public final class H2Database implements Database {
  private static final Logger LOG = LoggerFactory.getLogger(H2Database.class);
  private static final int MAX_CONNECTIONS = 70;
  private static final int IDLE_CONNECTIONS = 4;
  private static final Duration PATIENCE = Duration.ofSeconds(15);
  private static final String SUFFIX = ".mv.db";

  /**
   * Closing is ours to do, after the last answer; no trace file beside the data. No writer in the
   * background: what is committed is in the file then, to be synced. Who waits for a lock does so
   * as long as on PostgreSQL: a step of an index may take its time. And no answer is given twice:
   * H2 makes a commit visible before it forgets the answers of before.
   */
  static final String SETTINGS =
      ";DB_CLOSE_ON_EXIT=FALSE;TRACE_LEVEL_FILE=0;QUERY_CACHE_SIZE=64;WRITE_DELAY=0"
          + ";LOCK_TIMEOUT=15000;OPTIMIZE_REUSE_RESULTS=FALSE";

  static {
    FilePath.register(new FailStopPath());
  }

  /** H2 closes the file with the last connection: this one is closed by whoever closes us. */
  private final Connection last;

  private final HikariDataSource pool;
  private final Path file;

  private H2Database(Connection last, HikariDataSource pool, Path file) {
    this.last = last;
    this.pool = pool;
    this.file = file;
  }

  /**
   * Opens or creates {@code log.mv.db} in this folder, creating the folder too.
   *
   * @throws StoreException if another process has it open, it cannot be read, or a sync of it
   *     failed since the machine was started
   */
  public static H2Database open(Path folder) throws IOException {
    AtomicFiles.createFolders(folder);
    Path name = folder.toRealPath().resolve("log");
    if (name.toString().indexOf(';') >= 0) {
      throw new StoreException("expected a state folder without ';' in its name, found " + folder);
    }
    try {
      FailStopPath.requireUsable(Path.of(name + SUFFIX));
    } catch (IOException e) {
      throw new StoreException("cannot open the log in " + folder, e);
    }
    JdbcDataSource source = new JdbcDataSource();
    source.setURL("jdbc:h2:%s:%s%s".formatted(FailStopPath.SCHEME, name, SETTINGS));
    source.setUser("sa");
    source.setPassword("");
    try {
      return open(source, folder);
    } catch (SQLException e) {
      if (e.getErrorCode() == ErrorCode.DATABASE_ALREADY_OPEN_1) {
        throw new StoreException("another server has the log in " + folder + " open", e);
      }
      throw new StoreException("cannot open the log in " + folder, e);
    }
  }

  private static H2Database open(DataSource source, Path folder) throws SQLException, IOException {
    Connection last = source.getConnection();
    try {
      Path file = file(last);
      AtomicFiles.syncFolder(folder);
      return new H2Database(last, pool(source), file);
    } catch (SQLException | IOException | RuntimeException e) {
      last.close();
      throw e;
    }
  }

  private static HikariDataSource pool(DataSource source) {
    HikariConfig config = new HikariConfig();
    config.setPoolName("log");
    config.setDataSource(source);
    config.setMaximumPoolSize(MAX_CONNECTIONS);
    config.setMinimumIdle(IDLE_CONNECTIONS);
    config.setConnectionTimeout(PATIENCE.toMillis());
    config.setMaxLifetime(0);
    config.setExceptionOverride(new H2Failures());
    return new HikariDataSource(config);
  }

  /** By the name that H2 has for it, which is the real one. */
  private static Path file(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("select database_path()")) {
      row.next();
      return Path.of(row.getString(1).substring(FailStopPath.SCHEME.length() + 1) + SUFFIX);
    }
  }

  @Override
  public DataSource dataSource() {
    return pool;
  }

  /** H2 writes when it commits, but does not fsync. */
  @Override
  public void sync(Connection connection) throws SQLException {
    if (connection.isReadOnly()) {
      // H2 opens what it cannot write so, as after the system's own doubts, and syncs nothing then.
      throw new SQLException("expected a database that can be written, found " + file);
    }
    try (Statement statement = connection.createStatement()) {
      statement.execute("CHECKPOINT SYNC");
    }
  }

  @Override
  public Optional<String> failure() {
    return FailStopPath.failure(file);
  }

  /** Whoever is interrupted meanwhile stays so: an interrupt would close the file under H2. */
  @Override
  public void close() {
    boolean interrupted = Thread.interrupted();
    pool.close();
    interrupted |= Thread.interrupted();
    try {
      last.close();
    } catch (SQLException e) {
      LOG.warn("the log's file was not closed in order", e);
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
