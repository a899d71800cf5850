package org.whonix2.server.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** H2 itself, without anything of a log: what was committed and synced is there after a kill. */
class SyncedCommitsTest {
  private static final int ROUNDS = 150;
  private static final int COMMITS = 5;

  @TempDir Path folder;

  /** Commits and syncs one row after the other and prints each; another thread commits others. */
  static final class Committer {
    public static void main(String[] arguments) throws Exception {
      Database database = H2Database.open(Path.of(arguments[0]));
      try (Connection connection = database.dataSource().getConnection()) {
        execute(connection, "create table if not exists synced (number bigint primary key)");
        execute(
            connection,
            "create table if not exists other (digest varbinary(32) primary key, text varchar(99))");
        execute(connection, "create index if not exists other_text on other (text)");
        long number = count(connection);
        System.out.println(number);
        Thread others = new Thread(() -> commitOthers(database), "others");
        others.setDaemon(true);
        others.start();
        try (PreparedStatement insert =
            connection.prepareStatement("insert into synced values (?)")) {
          for (; ; ) {
            insert.setLong(1, number++);
            insert.executeUpdate();
            database.sync(connection);
            System.out.println(number);
          }
        }
      }
    }

    private static void execute(Connection connection, String sql) throws SQLException {
      try (Statement statement = connection.createStatement()) {
        statement.execute(sql);
      }
    }

    private static long count(Connection connection) throws SQLException {
      try (Statement statement = connection.createStatement();
          ResultSet row = statement.executeQuery("select count(*) from synced")) {
        row.next();
        return row.getLong(1);
      }
    }

    private static void commitOthers(Database database) {
      Random random = new Random();
      try (Connection connection = database.dataSource().getConnection();
          PreparedStatement insert =
              connection.prepareStatement("insert into other values (?, ?)")) {
        connection.setAutoCommit(false);
        for (; ; ) {
          for (int i = 0; i < 400; i++) {
            byte[] digest = new byte[32];
            random.nextBytes(digest);
            insert.setBytes(1, digest);
            insert.setString(2, "package-" + random.nextInt(5_000));
            insert.addBatch();
          }
          insert.executeBatch();
          connection.commit();
        }
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private Process start() throws IOException {
    return new ProcessBuilder(
            ProcessHandle.current().info().command().orElse("java"),
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Xmx300m",
            "-cp",
            System.getProperty("java.class.path"),
            Committer.class.getName(),
            folder.toString())
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  @Tag("heavy")
  @Test
  void killedWhileTwoThreadsCommitItHasWhatWasSynced() throws Exception {
    Random random = new Random();
    long synced = 0;
    for (int round = 0; round < ROUNDS; round++) {
      Process process = start();
      try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
        assertThat(Long.parseLong(String.valueOf(out.readLine())))
            .as("rows that are there in round " + round)
            .isGreaterThanOrEqualTo(synced);
        for (int i = 0; i < COMMITS; i++) {
          synced = Long.parseLong(out.readLine());
        }
        Thread.sleep(random.nextInt(150));
        // By its handle: the process itself would close what is still to be read.
        process.toHandle().destroyForcibly();
        synced = lastWhole(out, synced);
      } finally {
        process.destroyForcibly().waitFor();
      }
    }
    assertThat(synced).isGreaterThanOrEqualTo((long) ROUNDS * COMMITS);
  }

  /** The last number with a line end behind it: the process may have been killed within one. */
  private static long lastWhole(BufferedReader out, long before) throws IOException {
    long last = before;
    StringBuilder line = new StringBuilder();
    for (int c = out.read(); c >= 0; c = out.read()) {
      if (c == '\n') {
        last = Long.parseLong(line.toString());
        line.setLength(0);
      } else {
        line.append((char) c);
      }
    }
    return last;
  }
}
