package org.whonix2.server.roster;

import org.jdbi.v3.core.Handle;
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
  public void add(Handle handle, long index, LogEntry entry) {
    if (entry.said().isEmpty()) {
      return;
    }
    Said said = entry.said().get();
    boolean changed;
    if (said.statement() instanceof RosterChange change) {
      changed = change(handle, index, change);
    } else if (said.statement() instanceof CertificateUpdate update) {
      changed =
          handle.execute(
                  "insert into certificate_update values (?, ?)",
                  index,
                  update.certificate().fingerprint().toString())
              == 1;
    } else {
      changed =
          Numbered.of(said)
              .map(numbered -> number(handle, index, said.signer(), numbered))
              .orElse(false);
    }
    if (changed) {
      handle.execute("update roster_version set version = ?", index + 1);
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

  /**
   * Whether this is the second entry with that number. They have two payloads: of one signer and
   * one payload, a log has one entry.
   */
  private static boolean number(Handle handle, long index, Fingerprint signer, Numbered numbered) {
    byte[] series = numbered.series().toByteArray();
    int first =
        handle.execute(
            "insert into numbered"
                + " select cast(? as bytea), cast(? as bigint), cast(? as bigint)"
                + " where not exists (select 1 from numbered where series = ? and place = ?)",
            series,
            numbered.number(),
            index,
            series,
            numbered.number());
    if (first == 1) {
      return false;
    }
    return handle.execute(
            "insert into set_aside"
                + " select cast(? as varchar(64)), cast(? as varchar(32)), place, leaf_index,"
                + " cast(? as bigint) from numbered where series = ? and place = ?"
                + " and not exists (select 1 from set_aside where fingerprint = ?)",
            signer.toString(),
            numbered.what(),
            index,
            series,
            numbered.number(),
            signer.toString())
        == 1;
  }
}
