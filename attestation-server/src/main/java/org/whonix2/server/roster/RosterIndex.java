package org.whonix2.server.roster;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.openpgp.Fingerprint;
import org.whonix2.core.statement.CertificateUpdate;
import org.whonix2.core.statement.MemberName;
import org.whonix2.core.statement.RosterChange;
import org.whonix2.server.store.EntryIndex;
import org.whonix2.server.store.LogEntry;
import org.whonix2.server.store.Said;

/**
 * Folds the roster out of the entries. Of two changes with one serial, which can be judged at the
 * same moment before either is logged, the second changes nothing.
 */
public final class RosterIndex implements EntryIndex {
  @Override
  public String name() {
    return "roster-1";
  }

  /** The next submission is judged by it. */
  @Override
  public boolean isInStep() {
    return true;
  }

  @Override
  public void clear(Handle handle) {
    for (String table :
        new String[] {
          "roster_change",
          "roster_member",
          "certificate_update",
          "numbered",
          "set_aside",
          "roster_version"
        }) {
      handle.execute("delete from " + table);
    }
    handle.execute("insert into roster_version values (1, 0)");
  }

  @Override
  public void add(Handle handle, long from, List<LogEntry> entries) {
    long version = 0;
    List<Place> places = new ArrayList<>();
    for (int i = 0; i < entries.size(); i++) {
      long index = from + i;
      Optional<Said> said = entries.get(i).said();
      if (said.map(Said::statement).orElse(null) instanceof RosterChange change) {
        version = change(handle, index, change) ? index + 1 : version;
      } else if (said.map(Said::statement).orElse(null) instanceof CertificateUpdate update) {
        handle.execute(
            "insert into certificate_update values (?, ?)",
            index,
            update.certificate().fingerprint().toString());
        version = index + 1;
      } else {
        said.flatMap(each -> Place.of(index, each)).ifPresent(places::add);
      }
    }
    version = Math.max(version, number(handle, places));
    if (version > 0) {
      handle.execute("update roster_version set version = ?", version);
    }
  }

  private static boolean change(Handle handle, long index, RosterChange change) {
    if (change.serial() != LoggedRoster.serial(handle) + 1) {
      return false;
    }
    handle.execute("insert into roster_change values (?, ?)", change.serial(), index);
    String fingerprint = change.change().primary().toString();
    if (change.change() instanceof RosterChange.Dismiss) {
      handle.execute(
          "delete from roster_member where name = ? and fingerprint = ?",
          change.member().text(),
          fingerprint);
    } else if (!isThere(handle, fingerprint, change.member())) {
      handle.execute(
          "insert into roster_member values (?, ?, ?)", fingerprint, change.member().text(), index);
    }
    return true;
  }

  private static boolean isThere(Handle handle, String fingerprint, MemberName name) {
    return handle
            .createQuery("select count(*) from roster_member where fingerprint = ? or name = ?")
            .bind(0, fingerprint)
            .bind(1, name.text())
            .mapTo(Integer.class)
            .one()
        > 0;
  }

  /** An entry that has a number, which nobody may use twice. */
  private record Place(long index, Fingerprint signer, String what, Sha256 series, long number) {
    static Optional<Place> of(long index, Said said) {
      return Numbered.of(said)
          .map(
              numbered ->
                  new Place(
                      index, said.signer(), numbered.what(), numbered.series(), numbered.number()));
    }
  }

  /**
   * Sets aside who uses a number twice. Two entries with one number have two payloads: of one
   * signer and one payload, a log has one entry.
   *
   * @return behind the last entry that set a key aside; 0 if none did
   */
  private static long number(Handle handle, List<Place> places) {
    if (places.isEmpty()) {
      return 0;
    }
    PreparedBatch rows =
        handle.prepareBatch(
            "insert into numbered"
                + " select cast(? as bytea), cast(? as bigint), cast(? as bigint)"
                + " where not exists (select 1 from numbered where series = ? and place = ?)");
    for (Place place : places) {
      byte[] series = place.series().toByteArray();
      rows.add(series, place.number(), place.index(), series, place.number());
    }
    int[] inserted = rows.execute();
    long version = 0;
    for (int i = 0; i < inserted.length; i++) {
      if (inserted[i] != 1 && setAside(handle, places.get(i))) {
        version = places.get(i).index() + 1;
      }
    }
    return version;
  }

  private static boolean setAside(Handle handle, Place place) {
    return handle.execute(
            "insert into set_aside"
                + " select cast(? as varchar(64)), cast(? as varchar(32)), place, leaf_index,"
                + " cast(? as bigint) from numbered where series = ? and place = ?"
                + " and leaf_index <> ?"
                + " and not exists (select 1 from set_aside where fingerprint = ?)",
            place.signer().toString(),
            place.what(),
            place.index(),
            place.series().toByteArray(),
            place.number(),
            place.index(),
            place.signer().toString())
        == 1;
  }
}
