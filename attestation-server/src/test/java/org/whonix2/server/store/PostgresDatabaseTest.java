package org.whonix2.server.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyOut;
import org.whonix2.server.PostgresCluster;

/** A PostgreSQL server whose settings change. */
class PostgresDatabaseTest {
  private static PostgresCluster cluster;

  @BeforeAll
  static void start() {
    cluster = PostgresCluster.start(Map.of());
  }

  @AfterAll
  static void stop() throws Exception {
    cluster.close();
  }

  @AfterEach
  void restoreSettings() throws Exception {
    cluster.execute("alter system reset all");
    cluster.execute("select pg_reload_conf()");
    await("fsync", "on");
    await("full_page_writes", "on");
    await("synchronous_commit", "on");
    await("zero_damaged_pages", "off");
    await("ignore_checksum_failure", "off");
  }

  private static void set(String name, String value) throws Exception {
    cluster.execute("alter system set " + name + " = " + value);
    cluster.execute("select pg_reload_conf()");
    await(name, value);
  }

  /** A reload takes effect a moment later. */
  private static void await(String name, String value) throws Exception {
    Instant giveUp = Instant.now().plusSeconds(20);
    while (!cluster.ask("show " + name).equals(value)) {
      assertThat(Instant.now()).as("the setting takes effect").isBefore(giveUp);
      Thread.sleep(20);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "fsync, off",
    "full_page_writes, off",
    "synchronous_commit, off",
    "zero_damaged_pages, on",
    "ignore_checksum_failure, on",
  })
  void aServerThatCouldLoseACommitIsRefused(String name, String value) throws Exception {
    DatabaseLocation location = cluster.schema(name);
    location.open().close();
    set(name, value);
    assertThatThrownBy(location::open)
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("nothing committed is lost")
        .hasMessageContaining(name + " = " + value);
  }

  @ParameterizedTest
  @ValueSource(strings = {"local", "remote_write"})
  void aServerThatWritesItsOwnDiskFirstIsTaken(String commit) throws Exception {
    set("synchronous_commit", commit);
    cluster.schema(commit).open().close();
  }

  @Test
  void aServerThatIsToldSoLaterAnswersNoEntryAnyMore() throws Exception {
    try (LogStore store = LogStore.open(cluster.schema("later").open(), List.of())) {
      assertThat(store.append(store.head(), List.of(LogEntry.opaque(new byte[] {1})))).isPresent();
      set("fsync", "off");
      // Sessions hear of it one by one.
      Thread.sleep(Duration.ofSeconds(1).toMillis());
      List<LogEntry> second = List.of(LogEntry.opaque(new byte[] {2}));
      assertThatThrownBy(() -> store.append(store.head(), second))
          .isInstanceOf(StoreException.class)
          .hasMessageContaining("fsync = off");
    }
  }

  @Test
  void aSessionThatSleepsInATransactionDoesNotHoldTheOthersUp() throws Exception {
    DatabaseLocation location = cluster.schema("asleep");
    try (LogStore store = LogStore.open(location.open(), List.of());
        Database other = location.open();
        Connection asleep = other.dataSource().getConnection()) {
      asleep.setAutoCommit(false);
      asleep.createStatement().executeQuery("select * from tree_head for update").close();
      // The server ends that session after ten seconds.
      assertThat(store.append(store.head(), List.of(LogEntry.opaque(new byte[] {1})))).isPresent();
      assertThatThrownBy(asleep::commit).hasMessageContaining("idle-in-transaction");
    }
  }

  /** Its transaction holds the head's lock. */
  private static Connection sleeper(DatabaseLocation.Postgres location) throws Exception {
    Connection connection =
        DriverManager.getConnection(
            location.url() + "&socketFactory=" + HalfSentSockets.class.getName(),
            location.user(),
            location.password());
    connection.setAutoCommit(false);
    connection.createStatement().executeQuery("select * from tree_head for update").close();
    return connection;
  }

  private static void awaitWaiting(String event, int sessions) throws Exception {
    Instant giveUp = Instant.now().plusSeconds(20);
    String count =
        "select count(*) from pg_stat_activity where state = 'active' and wait_event = '";
    while (!cluster.ask(count + event + "'").equals(String.valueOf(sessions))) {
      assertThat(Instant.now()).as("the server waits for the client").isBefore(giveUp);
      Thread.sleep(20);
    }
  }

  @Test
  void aSessionThatSleepsWhileItSendsDoesNotHoldTheOthersUp() throws Exception {
    DatabaseLocation.Postgres location = cluster.schema("sends");
    try (LogStore store = LogStore.open(location.open(), List.of());
        Connection asleep = sleeper(location);
        PreparedStatement insert =
            asleep.prepareStatement("insert into entry values (0, ?, ?, ?)")) {
      insert.setBytes(1, new byte[32]);
      insert.setBytes(2, new byte[32]);
      insert.setBytes(3, new byte[60_000]);
      HalfSentSockets.pauseAfter(30_000);
      CompletableFuture<Integer> sending =
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  return insert.executeUpdate();
                } catch (SQLException e) {
                  throw new CompletionException(e);
                }
              });
      awaitWaiting("ClientRead", 1);
      assertThat(store.append(store.head(), List.of(LogEntry.opaque(new byte[] {1})))).isPresent();
      assertThatThrownBy(sending::get).hasMessageContaining("administrator command");
    } finally {
      HalfSentSockets.pauseAfter(Integer.MAX_VALUE);
    }
  }

  private static int rest(CopyOut reading) throws SQLException {
    int rows = 0;
    while (reading.readFromCopy() != null) {
      rows++;
    }
    return rows;
  }

  private static CopyOut read(Connection connection) throws Exception {
    CopyOut reading =
        connection
            .unwrap(PGConnection.class)
            .getCopyAPI()
            .copyOut("copy (select repeat('x', 1000) from generate_series(1, 50000)) to stdout");
    assertThat(reading.readFromCopy()).isNotEmpty();
    return reading;
  }

  @Test
  void aSessionThatSleepsWhileItReadsDoesNotHoldTheOthersUp() throws Exception {
    DatabaseLocation.Postgres location = cluster.schema("reads");
    try (LogStore store = LogStore.open(location.open(), List.of());
        Connection asleep = sleeper(location);
        Connection slow = location.open().dataSource().getConnection()) {
      slow.setAutoCommit(false);
      slow.createStatement().executeQuery("select * from tree_head").close();
      CopyOut undisturbed = read(slow);
      CopyOut sleeping = read(asleep);
      awaitWaiting("ClientWrite", 2);
      assertThat(store.append(store.head(), List.of(LogEntry.opaque(new byte[] {1})))).isPresent();
      assertThatThrownBy(() -> rest(sleeping)).isInstanceOf(SQLException.class);
      assertThat(rest(undisturbed)).isEqualTo(49_999);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"jdbc:h2:mem:log", "postgresql://x/y", "", "jdbc:postgresql://x/y?password=z"})
  void whatIsNoAddressOfOursIsRefused(String url) {
    assertThatThrownBy(() -> new DatabaseLocation.Postgres(url, "", ""))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageNotContaining("=z");
  }

  @Test
  void aLocationTellsNoPassword() {
    assertThat(new DatabaseLocation.Postgres("jdbc:postgresql://x/y", "log", "sesame"))
        .hasToString("jdbc:postgresql://x/y as log");
  }
}
