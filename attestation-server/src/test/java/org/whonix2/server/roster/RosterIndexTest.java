package org.whonix2.server.roster;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.whonix2.core.openpgp.SecretKey;
import org.whonix2.core.statement.MemberName;
import org.whonix2.core.statement.RosterChange;
import org.whonix2.core.statement.Statement;
import org.whonix2.server.Attestations;
import org.whonix2.server.TestDatabase;
import org.whonix2.server.store.LogEntry;
import org.whonix2.server.store.LogStore;

class RosterIndexTest {
  private static final SecretKey OPERATOR = Attestations.rebuilder("operator");
  private static final SecretKey ALPHA = Attestations.rebuilder("alpha");
  private static final SecretKey BETA = Attestations.rebuilder("beta");
  private static final List<String> TABLES =
      List.of(
          "roster_change",
          "roster_member",
          "certificate_update",
          "numbered",
          "set_aside",
          "roster_version");

  @TempDir Path folder;

  private LogStore open() throws Exception {
    return LogStore.open(TestDatabase.open(folder), List.of(new RosterIndex()));
  }

  private static byte[] admission(long serial, String name, SecretKey key) {
    RosterChange change =
        new RosterChange(
            "log", serial, new MemberName(name), new RosterChange.Admit(key.certificate()));
    return Attestations.envelope(Statement.PAYLOAD_TYPE, change.toJson(), OPERATOR);
  }

  private static void append(LogStore store, byte[]... entries) throws Exception {
    List<LogEntry> parsed = new ArrayList<>();
    for (byte[] entry : entries) {
      parsed.add(LogEntry.logged(entry));
    }
    assertThat(store.append(store.head(), parsed)).isPresent();
  }

  private static List<String> names(Roster roster) {
    return roster.members().stream().map(member -> member.name().text()).toList();
  }

  /** They can both have been judged before either was logged. */
  @Test
  void ofTwoChangesWithOneSerialTheSecondChangesNothing() throws Exception {
    try (LogStore store = open()) {
      LoggedRoster roster = new LoggedRoster(store);
      assertThat(roster.current().members()).isEmpty();
      append(store, admission(1, "alpha", ALPHA), admission(1, "beta", BETA));
      assertThat(names(roster.current())).containsExactly("alpha");
      assertThat(roster.current().serial()).isEqualTo(1);
      assertThat(roster.changedBy(1)).hasValue(0);
      append(store, admission(3, "beta", BETA));
      assertThat(roster.changedBy(3)).isEmpty();
      append(store, admission(2, "beta", BETA));
      assertThat(names(roster.current())).containsExactly("alpha", "beta");
      assertThat(roster.current().version()).isEqualTo(4);
    }
  }

  @Test
  void anotherReaderSeesEveryChange() throws Exception {
    try (LogStore store = open()) {
      LoggedRoster reader = new LoggedRoster(store);
      append(store, admission(1, "alpha", ALPHA));
      Roster before = reader.current();
      append(store, Attestations.signed(ALPHA, 1), "not an envelope".getBytes(UTF_8));
      assertThat(reader.current()).as("nothing to read again").isSameAs(before);
      append(store, Attestations.failed(ALPHA, 1));
      assertThat(reader.current().setAside(ALPHA.certificate().fingerprint()))
          .contains(new SetAside("sequence number", 1, 1, 3));
      append(store, Attestations.update(ALPHA.certificate(), ALPHA));
      assertThat(reader.current().member(new MemberName("alpha")).orElseThrow().updates())
          .containsExactly(4L);
    }
  }

  /** Everything can be made again from the entries. */
  @Test
  void madeAnewItIsTheSame() throws Exception {
    List<List<Map<String, Object>>> before;
    try (LogStore store = open()) {
      append(
          store,
          admission(1, "alpha", ALPHA),
          Attestations.signed(ALPHA, 1),
          admission(2, "beta", BETA),
          Attestations.update(ALPHA.certificate(), ALPHA),
          Attestations.failed(ALPHA, 1),
          Attestations.bootstrap(ALPHA, 1),
          Attestations.snapshot(BETA, 1, "bookworm", 3),
          Attestations.snapshot(BETA, 1, "trixie", 3));
      before = tables(store);
    }
    try (LogStore store = LogStore.open(TestDatabase.open(folder), List.of())) {
      assertThat(store.head().size()).isEqualTo(8);
    }
    try (LogStore store = open()) {
      assertThat(tables(store)).isEqualTo(before);
      assertThat(new LoggedRoster(store).current().setAside(ALPHA.certificate().fingerprint()))
          .contains(new SetAside("sequence number", 1, 1, 4));
    }
  }

  private static List<List<Map<String, Object>>> tables(LogStore store) throws Exception {
    List<List<Map<String, Object>>> rows = new ArrayList<>();
    for (String table : TABLES) {
      List<Map<String, Object>> found =
          store.read(
              table,
              handle ->
                  handle
                      .createQuery("select * from " + table + " order by 1, 2")
                      .mapToMap()
                      .list());
      assertThat(found).as(table).isNotEmpty();
      rows.add(found.stream().map(RosterIndexTest::comparable).toList());
    }
    return rows;
  }

  private static Map<String, Object> comparable(Map<String, Object> row) {
    Map<String, Object> comparable = new TreeMap<>(row);
    comparable.replaceAll(
        (name, value) -> value instanceof byte[] bytes ? Arrays.toString(bytes) : value);
    return comparable;
  }
}
