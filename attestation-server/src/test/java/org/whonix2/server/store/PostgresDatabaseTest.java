package org.whonix2.server.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
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
