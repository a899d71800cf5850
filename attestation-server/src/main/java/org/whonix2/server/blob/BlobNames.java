package org.whonix2.server.blob;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jspecify.annotations.Nullable;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.openpgp.Fingerprint;
import org.whonix2.core.snapshot.SnapshotSeries;
import org.whonix2.core.statement.CompilerBootstrap;
import org.whonix2.core.statement.RebuildAttestation;
import org.whonix2.core.statement.RebuildStatement;
import org.whonix2.core.statement.SnapshotHeader;
import org.whonix2.core.statement.Statement;
import org.whonix2.server.store.EntryIndex;
import org.whonix2.server.store.LogEntry;
import org.whonix2.server.store.Said;

/**
 * Which entries name which blobs. The snapshots of one series replace one another, and so do a
 * signer's attestations of one rebuild.
 */
public final class BlobNames implements EntryIndex {
  /** The newest of every series, whoever's it is. */
  private static final String BY_NEWEST =
      "e.series is not null and e.epoch = (select max(m.epoch) from blob_entry m where m.series ="
          + " e.series)";

  private final Clock clock;

  public BlobNames(Clock clock) {
    this.clock = clock;
  }

  @Override
  public String name() {
    return "blobs-3";
  }

  @Override
  public boolean isInStep() {
    return false;
  }

  @Override
  public void clear(Handle handle) {
    handle.execute("delete from blob_name");
    handle.execute("delete from blob_entry");
  }

  @Override
  public void add(Handle handle, long from, List<LogEntry> entries) {
    PreparedBatch who = handle.prepareBatch("insert into blob_entry values (?, ?, ?, ?, ?)");
    PreparedBatch names = handle.prepareBatch("insert into blob_name values (?, ?, ?)");
    for (int i = 0; i < entries.size(); i++) {
      long index = from + i;
      entries.get(i).said().ifPresent(said -> addTo(who, names, index, said));
    }
    for (PreparedBatch rows : List.of(who, names)) {
      if (rows.size() > 0) {
        rows.execute();
      }
    }
  }

  private void addTo(PreparedBatch who, PreparedBatch names, long index, Said said) {
    Map<Sha256, Optional<Long>> named = named(said.statement());
    if (named.isEmpty()) {
      return;
    }
    byte @Nullable [] series = null;
    @Nullable Long epoch = null;
    if (said.statement() instanceof SnapshotHeader header) {
      series = series(said.signer(), SnapshotSeries.of(header));
      epoch = header.epoch();
    } else if (said.statement() instanceof RebuildStatement rebuild) {
      series = series(said.signer(), rebuild.rebuildId());
      epoch = rebuild.sequence();
    }
    who.add(index, said.signer().toString(), clock.instant().getEpochSecond(), series, epoch);
    for (Map.Entry<Sha256, Optional<Long>> blob : named.entrySet()) {
      names.add(blob.getKey().toByteArray(), index, blob.getValue().orElse(null));
    }
  }

  /** The blobs that a statement names, with their sizes where they are artifacts. */
  private static Map<Sha256, Optional<Long>> named(Statement statement) {
    Map<Sha256, Optional<Long>> named = new LinkedHashMap<>();
    if (statement instanceof RebuildStatement rebuild) {
      rebuild.artifacts().forEach(each -> named.put(each.digest(), Optional.of(each.size())));
      rebuild.rebuild().byproducts().forEach(each -> named.put(each.digest(), Optional.empty()));
    } else if (statement instanceof CompilerBootstrap bootstrap) {
      bootstrap.run().byproducts().forEach(each -> named.put(each.digest(), Optional.empty()));
    } else if (statement instanceof SnapshotHeader header) {
      named.put(header.list(), Optional.empty());
      named.put(header.vector(), Optional.empty());
    }
    if (statement instanceof RebuildAttestation attestation) {
      named.put(attestation.buildinfo(), Optional.empty());
    }
    return named;
  }

  /** A series that is the signer's, whatever the statement claims. */
  private static byte[] series(Fingerprint signer, Record of) {
    return Sha256.of((signer + "\n" + of).getBytes(StandardCharsets.UTF_8)).toByteArray();
  }

  /**
   * Who names a blob as what.
   *
   * @param size that an artifact has; empty for everything else
   */
  record Naming(String signer, Optional<Long> size) {
    /** Whether a file of this length can be meant. */
    boolean allows(long length) {
      return size.isEmpty() || size.get() == length;
    }
  }

  /** Who named a blob, in the log's order; nobody twice in one way. */
  static Set<Naming> namings(Handle handle, Sha256 digest, long treeSize) {
    return new LinkedHashSet<>(
        handle
            .createQuery(
                "select e.signer, n.artifact_size from blob_name n"
                    + " join blob_entry e on e.leaf_index = n.leaf_index"
                    + " where n.digest = ? and n.leaf_index < ? order by n.leaf_index")
            .bind(0, digest.toByteArray())
            .bind(1, treeSize)
            .map(
                (row, context) ->
                    new Naming(row.getString(1), Optional.ofNullable(row.getObject(2, Long.class))))
            .list());
  }

  /** Whether an entry names a blob that is no older than this, or the newest of a series does. */
  static boolean isKept(Handle handle, Sha256 digest, long oldest) {
    return handle
            .createQuery(
                "select count(*) from blob_name n"
                    + " join blob_entry e on e.leaf_index = n.leaf_index"
                    + " where n.digest = ? and (e.named_at >= ? or ("
                    + BY_NEWEST
                    + "))")
            .bind(0, digest.toByteArray())
            .bind(1, oldest)
            .mapTo(Long.class)
            .one()
        > 0;
  }

  /** Of the stored blobs, some that nothing keeps any more. */
  static List<byte[]> notKept(Handle handle, long oldest, int most) {
    return handle
        .createQuery(
            "select b.digest from blob b where not exists (select 1 from blob_name n"
                + " join blob_entry e on e.leaf_index = n.leaf_index"
                + " where n.digest = b.digest and (e.named_at >= ? or ("
                + BY_NEWEST
                + "))) limit "
                + most)
        .bind(0, oldest)
        .map((row, context) -> row.getBytes(1))
        .list();
  }
}
