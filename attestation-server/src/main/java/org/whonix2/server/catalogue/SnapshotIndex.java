package org.whonix2.server.catalogue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.snapshot.SnapshotSeries;
import org.whonix2.core.statement.SnapshotHeader;
import org.whonix2.server.store.EntryIndex;
import org.whonix2.server.store.LogEntry;
import org.whonix2.server.store.Said;

/**
 * Finds the newest snapshot header of each series: that with the highest epoch, and of several with
 * one epoch the first.
 */
final class SnapshotIndex implements EntryIndex {
  /** Where a header stands that nothing has taken the place of. */
  private static final long NEVER = Long.MAX_VALUE;

  private record Newest(long index, long epoch) {}

  @Override
  public String name() {
    return "snapshots-1";
  }

  @Override
  public boolean isInStep() {
    return false;
  }

  @Override
  public void clear(Handle handle) {
    handle.execute("delete from snapshot");
  }

  @Override
  public void add(Handle handle, long from, List<LogEntry> entries) {
    for (int i = 0; i < entries.size(); i++) {
      if (entries.get(i).said().map(Said::statement).orElse(null)
          instanceof SnapshotHeader header) {
        add(handle, from + i, header);
      }
    }
  }

  private static void add(Handle handle, long index, SnapshotHeader header) {
    byte[] series = digest(SnapshotSeries.of(header)).toByteArray();
    Optional<Newest> newest =
        handle
            .createQuery(
                "select leaf_index, epoch from snapshot where series = ? and superseded_at = ?")
            .bind(0, series)
            .bind(1, NEVER)
            .map((row, context) -> new Newest(row.getLong(1), row.getLong(2)))
            .findOne();
    boolean isNewest = newest.isEmpty() || newest.get().epoch() < header.epoch();
    if (isNewest && newest.isPresent()) {
      handle.execute(
          "update snapshot set superseded_at = ? where leaf_index = ?",
          index,
          newest.get().index());
    }
    handle.execute(
        "insert into snapshot values (?, ?, ?, ?, ?)",
        index,
        header.suite(),
        series,
        header.epoch(),
        isNewest ? NEVER : index);
  }

  /** Over its members one a line: none of them has a line feed in it. */
  private static Sha256 digest(SnapshotSeries series) {
    String text =
        String.join(
            "\n",
            series.rebuilder().hex(),
            series.suite(),
            series.architecture().value(),
            series.toolchain().name(),
            series.toolchain().digest().toString(),
            series.compilerRoot(),
            series.machine(),
            String.valueOf(series.emulated()),
            series.cpuVendor(),
            series.kernel());
    return Sha256.of(text.getBytes(StandardCharsets.US_ASCII));
  }
}
