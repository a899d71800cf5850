package org.whonix2.server.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.whonix2.server.TestDatabase;

/**
 * Whoever has seen a part of what somebody committed sees the rest, in questions asked before and
 * again: the tree's head is read first, and then which entries stand there.
 */
class CommittedReadsTest {
  private static final int COMMITS = 2_000;

  @TempDir Path folder;

  @Test
  void whatIsReadLaterIsNoOlder() throws Exception {
    ExecutorService threads = Executors.newSingleThreadExecutor();
    try (Database database = TestDatabase.open(folder);
        Connection writer = database.dataSource().getConnection();
        Connection reader = database.dataSource().getConnection()) {
      for (String table : new String[] {"seen_first", "seen_then"}) {
        execute(writer, "create table " + table + " (id integer primary key, number integer)");
        execute(writer, "insert into " + table + " values (1, 0)");
      }
      Future<Integer> reads = threads.submit(() -> read(reader));
      writer.setAutoCommit(false);
      for (int number = 1; number <= COMMITS; number++) {
        execute(writer, "update seen_first set number = " + number);
        execute(writer, "update seen_then set number = " + number);
        writer.commit();
      }
      writer.setAutoCommit(true);
      assertThat(reads.get(60, TimeUnit.SECONDS)).as("reads").isGreaterThan(100);
    } finally {
      threads.shutdownNow();
    }
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static int read(Connection connection) throws SQLException {
    for (int reads = 1; ; reads++) {
      int first = number(connection, "seen_first");
      int then = number(connection, "seen_then");
      assertThat(then).isGreaterThanOrEqualTo(first);
      if (first == COMMITS) {
        return reads;
      }
    }
  }

  private static int number(Connection connection, String table) throws SQLException {
    try (PreparedStatement query =
        connection.prepareStatement("select number from " + table + " where id = ?")) {
      query.setInt(1, 1);
      try (ResultSet row = query.executeQuery()) {
        row.next();
        return row.getInt(1);
      }
    }
  }
}
