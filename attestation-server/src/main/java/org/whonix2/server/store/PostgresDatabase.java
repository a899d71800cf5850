package org.whonix2.server.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.pool.HikariPool;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * PostgreSQL 15 or newer, for several processes at once. A commit there is on disk before anybody
 * can see it, unless the server is told to be faster than that: such a server is refused.
 */
public final class PostgresDatabase implements Database {
  private static final Logger LOG = LoggerFactory.getLogger(PostgresDatabase.class);
  private static final String LOCK_NOT_AVAILABLE = "55P03";
  private static final int OLDEST = 150_000;
  private static final int MAX_CONNECTIONS = 32;
  private static final int IDLE_CONNECTIONS = 2;
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /** A server that has not said anything for so long is believed to be gone. */
  private static final Duration SILENCE = Duration.ofMinutes(5);

  /**
   * A process that sleeps in the middle of a transaction holds the tree head's lock: the server
   * ends its session, so that the others can go on. They wait longer than that takes.
   */
  private static final String SESSION =
      "set idle_in_transaction_session_timeout = '10s'; set lock_timeout = '15s'";

  /**
   * One that sleeps while it sends a statement, or reads an answer, is busy to the server, which
   * waits for it without end: whoever waited for the lock in vain ends that session.
   */
  private static final String END_SLEEPERS =
      "select pid, pg_terminate_backend(pid, 5000) from pg_stat_activity"
          + " where datname = current_database() and usename = current_user"
          + " and state = 'active' and wait_event_type = 'Client'"
          + " and xact_start < clock_timestamp() - interval '10 seconds'"
          + " and pid in (select pid from pg_locks where mode = 'RowShareLock' and granted"
          + " and relation in ('tree_head'::regclass, 'indexed'::regclass))";

  /** Settings under which something that was committed, or answered, could be lost. */
  private static final Map<String, String> LOSING =
      new TreeMap<>(
          Map.of(
              "fsync", "off",
              "full_page_writes", "off",
              "synchronous_commit", "off",
              "data_sync_retry", "on",
              "zero_damaged_pages", "on",
              "ignore_checksum_failure", "on"));

  private static final String SETTINGS =
      "select name, setting from pg_settings where name in ('"
          + String.join("', '", LOSING.keySet())
          + "')";

  private final HikariDataSource pool;

  private PostgresDatabase(HikariDataSource pool) {
    this.pool = pool;
  }

  /**
   * Connects.
   *
   * @throws StoreException if the database cannot be reached, is too old, is a standby's, or could
   *     lose what it committed
   */
  static PostgresDatabase open(DatabaseLocation.Postgres location) throws StoreException {
    HikariConfig config = new HikariConfig();
    config.setPoolName("log");
    config.setJdbcUrl(location.url());
    if (!location.user().isEmpty()) {
      config.setUsername(location.user());
    }
    if (!location.password().isEmpty()) {
      config.setPassword(location.password());
    }
    config.setMaximumPoolSize(MAX_CONNECTIONS);
    config.setMinimumIdle(IDLE_CONNECTIONS);
    config.setConnectionTimeout(PATIENCE.toMillis());
    config.setConnectionInitSql(SESSION);
    config.addDataSourceProperty("ApplicationName", "whonix2-attestation-server");
    config.addDataSourceProperty("reWriteBatchedInserts", "true");
    config.addDataSourceProperty("tcpKeepAlive", "true");
    config.addDataSourceProperty("connectTimeout", String.valueOf(PATIENCE.toSeconds()));
    config.addDataSourceProperty("socketTimeout", String.valueOf(SILENCE.toSeconds()));
    PostgresDatabase database;
    try {
      database = new PostgresDatabase(new HikariDataSource(config));
    } catch (HikariPool.PoolInitializationException e) {
      throw new StoreException("cannot open the log's database " + location, e);
    }
    try (Connection connection = database.pool.getConnection()) {
      requireAble(connection);
      database.sync(connection);
      return database;
    } catch (SQLException e) {
      database.close();
      throw new StoreException("cannot use the log's database " + location, e);
    }
  }

  private static void requireAble(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "select current_setting('server_version_num')::int,"
                    + " current_setting('server_version'), pg_is_in_recovery()")) {
      row.next();
      if (row.getInt(1) < OLDEST) {
        throw new SQLException(
            "expected PostgreSQL " + OLDEST / 10_000 + " or newer, found " + row.getString(2));
      }
      if (row.getBoolean(3)) {
        throw new SQLException("expected a primary server, found a standby");
      }
    }
  }

  @Override
  public DataSource dataSource() {
    return pool;
  }

  /** Nothing is left to be done, if the settings are still as they were. */
  @Override
  public void sync(Connection connection) throws SQLException {
    List<String> wrong = new ArrayList<>();
    int found = 0;
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(SETTINGS)) {
      for (; rows.next(); found++) {
        if (rows.getString(2).equals(LOSING.get(rows.getString(1)))) {
          wrong.add(rows.getString(1) + " = " + rows.getString(2));
        }
      }
    }
    if (!wrong.isEmpty() || found != LOSING.size()) {
      throw new SQLException(
          "expected settings under which nothing committed is lost, found "
              + (wrong.isEmpty() ? "that the server does not tell them" : wrong));
    }
  }

  @Override
  public boolean makeWay(SQLException failure) throws SQLException {
    if (!LOCK_NOT_AVAILABLE.equals(failure.getSQLState())) {
      return false;
    }
    boolean ended = false;
    try (Connection connection = pool.getConnection();
        Statement statement = connection.createStatement();
        ResultSet sleepers = statement.executeQuery(END_SLEEPERS)) {
      while (sleepers.next()) {
        LOG.warn(
            "session {} slept while it held the tree's head or an index: ended",
            sleepers.getInt(1));
        ended |= sleepers.getBoolean(2);
      }
    }
    return ended;
  }

  @Override
  public void letPause(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("set local idle_in_transaction_session_timeout = 0");
    }
  }

  @Override
  public void close() {
    pool.close();
  }
}
