package org.whonix2.server.roster;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Predicate;
import org.jdbi.v3.core.Handle;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.openpgp.Certificate;
import org.whonix2.core.openpgp.Fingerprint;
import org.whonix2.core.openpgp.KeyHistory;
import org.whonix2.core.statement.CertificateUpdate;
import org.whonix2.core.statement.MemberName;
import org.whonix2.core.statement.RosterChange;
import org.whonix2.server.store.LogEntry;
import org.whonix2.server.store.LogReader;
import org.whonix2.server.store.Said;
import org.whonix2.server.store.StoreException;

/** The roster of a log that has a {@link RosterIndex}, whoever writes into it. */
public final class LoggedRoster {
  private final LogReader store;
  private volatile Roster latest = Roster.EMPTY;

  public LoggedRoster(LogReader store) {
    this.store = store;
  }

  private record Row(String fingerprint, String name, long admitted) {}

  private record Rows(
      long serial,
      List<Row> members,
      Map<String, List<Long>> updates,
      Map<String, SetAside> setAside) {}

  /** The roster as all that is stored says. */
  public Roster current() throws StoreException {
    long version = version();
    Roster known = latest;
    return known.version() == version ? known : load();
  }

  private long version() throws StoreException {
    return store.lookUp(
        "the roster's version",
        connection -> {
          try (PreparedStatement query =
                  connection.prepareStatement("select version from roster_version");
              ResultSet row = query.executeQuery()) {
            if (!row.next()) {
              throw new SQLException("expected a version, found none");
            }
            return row.getLong(1);
          }
        });
  }

  private synchronized Roster load() throws StoreException {
    // What is read after the version may be newer; then the next look finds another version.
    long version = version();
    if (latest.version() != version) {
      Rows rows = store.read("the roster", LoggedRoster::rows);
      List<Member> members = new ArrayList<>();
      for (Row row : rows.members()) {
        members.add(member(row, rows.updates().getOrDefault(row.fingerprint(), List.of())));
      }
      Map<Fingerprint, SetAside> setAside = new HashMap<>();
      for (Map.Entry<String, SetAside> key : rows.setAside().entrySet()) {
        setAside.put(fingerprint(key.getKey()), key.getValue());
      }
      latest = new Roster(version, rows.serial(), members, setAside);
    }
    return latest;
  }

  private static Rows rows(Handle handle) {
    Map<String, List<Long>> updates = new HashMap<>();
    handle
        .createQuery("select fingerprint, leaf_index from certificate_update order by leaf_index")
        .map((row, context) -> Map.entry(row.getString(1), row.getLong(2)))
        .forEach(
            row ->
                updates
                    .computeIfAbsent(row.getKey(), key -> new ArrayList<>())
                    .add(row.getValue()));
    Map<String, SetAside> setAside = new HashMap<>();
    handle
        .createQuery("select fingerprint, what, place, first_index, second_index from set_aside")
        .map(
            (row, context) ->
                Map.entry(
                    row.getString(1),
                    new SetAside(row.getString(2), row.getLong(3), row.getLong(4), row.getLong(5))))
        .forEach(row -> setAside.put(row.getKey(), row.getValue()));
    List<Row> members =
        handle
            .createQuery("select fingerprint, name, admitted from roster_member order by name")
            .map((row, context) -> new Row(row.getString(1), row.getString(2), row.getLong(3)))
            .list();
    return new Rows(serial(handle), members, updates, setAside);
  }

  /** Of the newest change that has taken effect, 0 before the first. */
  static long serial(Handle handle) {
    return handle
        .createQuery("select coalesce(max(serial), 0) from roster_change")
        .mapTo(Long.class)
        .one();
  }

  /** The entry whose change of this serial has taken effect. */
  public OptionalLong changedBy(long serial) throws StoreException {
    return store.read(
        "a roster change",
        handle ->
            handle
                .createQuery("select leaf_index from roster_change where serial = ?")
                .bind(0, serial)
                .mapTo(Long.class)
                .findOne()
                .map(OptionalLong::of)
                .orElseGet(OptionalLong::empty));
  }

  /**
   * Whether this key ever stood so: as one of its admissions has it, with the updates that the log
   * had by then, or with some that came later.
   *
   * @param so is asked of rosters with this member and nothing else
   */
  public boolean ever(Fingerprint primary, Predicate<Roster> so) throws StoreException {
    List<Long> updates =
        store.read(
            "a key's updates",
            handle ->
                handle
                    .createQuery(
                        "select leaf_index from certificate_update where fingerprint = ?"
                            + " order by leaf_index")
                    .bind(0, primary.toString())
                    .mapTo(Long.class)
                    .list());
    List<Long> changes =
        store.read(
            "the roster's changes",
            handle ->
                handle
                    .createQuery("select leaf_index from roster_change order by leaf_index")
                    .mapTo(Long.class)
                    .list());
    for (long change : changes) {
      if (said(change).statement() instanceof RosterChange admission
          && admission.change() instanceof RosterChange.Admit
          && admission.change().primary().equals(primary)
          && ever(new Row(primary.toString(), admission.member().text(), change), updates, so)) {
        return true;
      }
    }
    return false;
  }

  private boolean ever(Row row, List<Long> updates, Predicate<Roster> so) throws StoreException {
    Member member = admitted(row);
    KeyHistory history = member.history();
    boolean found =
        (updates.isEmpty() || updates.get(0) > row.admitted()) && passes(member, history, so);
    for (int i = 0; i < updates.size() && !found; i++) {
      history = updated(history, updates.get(i));
      boolean admitted = i + 1 == updates.size() || updates.get(i + 1) > row.admitted();
      found = admitted && passes(member, history, so);
    }
    return found;
  }

  private static boolean passes(Member member, KeyHistory history, Predicate<Roster> so) {
    Member then =
        new Member(member.name(), member.certificate(), member.admitted(), List.of(), history);
    return so.test(new Roster(0, 0, List.of(then), Map.of()));
  }

  private Member member(Row row, List<Long> updates) throws StoreException {
    Optional<Member> known =
        latest
            .member(fingerprint(row.fingerprint()))
            .filter(member -> member.admitted() == row.admitted())
            .filter(member -> updates.size() >= member.updates().size())
            .filter(member -> updates.subList(0, member.updates().size()).equals(member.updates()));
    // Everybody can publish many updates: each is read once.
    Member member = known.isPresent() ? known.get() : admitted(row);
    KeyHistory history = member.history();
    for (long update : updates.subList(member.updates().size(), updates.size())) {
      history = updated(history, update);
    }
    return new Member(member.name(), member.certificate(), member.admitted(), updates, history);
  }

  private Member admitted(Row row) throws StoreException {
    if (!(said(row.admitted()).statement() instanceof RosterChange change
        && change.change() instanceof RosterChange.Admit admit)) {
      throw new StoreException("entry " + row.admitted() + " admits nobody, but is said to");
    }
    return new Member(
        new MemberName(row.name()),
        admit.digest(),
        row.admitted(),
        List.of(),
        KeyHistory.of(admit.certificate()));
  }

  private KeyHistory updated(KeyHistory history, long update) throws StoreException {
    if (!(said(update).statement() instanceof CertificateUpdate brought)) {
      throw new StoreException("entry " + update + " is no certificate update, but is said to be");
    }
    Certificate newer = brought.certificate();
    try {
      return history.updated(update, newer);
    } catch (MalformedInputException e) {
      throw new StoreException("entry " + update + " updates another's certificate", e);
    }
  }

  private Said said(long index) throws StoreException {
    List<byte[]> entry = store.entries(index, 1);
    if (entry.isEmpty()) {
      throw new StoreException("there is no entry " + index);
    }
    return LogEntry.logged(entry.get(0))
        .said()
        .orElseThrow(() -> new StoreException("entry " + index + " is no statement"));
  }

  private static Fingerprint fingerprint(String hex) {
    try {
      return Fingerprint.parse(hex);
    } catch (MalformedInputException e) {
      throw new IllegalStateException("only fingerprints are written there", e);
    }
  }
}
