package org.whonix2.server.blob;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jspecify.annotations.Nullable;
import org.whonix2.core.artifact.BinaryArtifact;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.openpgp.Fingerprint;
import org.whonix2.core.snapshot.SnapshotSeries;
import org.whonix2.core.statement.Byproduct;
import org.whonix2.core.statement.CompilerBootstrap;
import org.whonix2.core.statement.RebuildAttestation;
import org.whonix2.core.statement.RebuildStatement;
import org.whonix2.core.statement.SnapshotHeader;
import org.whonix2.core.statement.Statement;
import org.whonix2.server.store.EntryIndex;
import org.whonix2.server.store.LogEntry;
import org.whonix2.server.store.Said;

/** Which entries name which blobs. */
public final class BlobNames implements EntryIndex {
  /** The newest of every series, whoever's it is. */
  private static final String BY_NEWEST_SNAPSHOT =
      "n.series is not null and n.epoch = (select max(m.epoch) from blob_name m where m.series ="
          + " n.series)";

  private final Clock clock;

  public BlobNames(Clock clock) {
    this.clock = clock;
  }

  @Override
  public String name() {
    return "blobs-1";
  }

  @Override
  public void clear(Handle handle) {
    handle.execute("delete from blob_name");
  }

  @Override
  public void add(Handle handle, long index, LogEntry entry) {
    if (entry.said().isEmpty()) {
      return;
    }
    Said said = entry.said().get();
    Set<Sha256> named = named(said.statement());
    if (named.isEmpty()) {
      return;
    }
    byte @Nullable [] series = null;
    @Nullable Long epoch = null;
    if (said.statement() instanceof SnapshotHeader header) {
      series = series(said.signer(), header);
      epoch = header.epoch();
    }
    long now = clock.instant().getEpochSecond();
    PreparedBatch rows = handle.prepareBatch("insert into blob_name values (?, ?, ?, ?, ?, ?)");
    for (Sha256 digest : named) {
      rows.add(digest.toByteArray(), index, said.signer().toString(), now, series, epoch);
    }
    rows.execute();
  }

  /** The blobs that a statement names. */
  private static Set<Sha256> named(Statement statement) {
    Set<Sha256> named = new LinkedHashSet<>();
    if (statement instanceof RebuildStatement rebuild) {
      rebuild.artifacts().stream().map(BinaryArtifact::digest).forEach(named::add);
      rebuild.rebuild().byproducts().stream().map(Byproduct::digest).forEach(named::add);
    } else if (statement instanceof CompilerBootstrap bootstrap) {
      bootstrap.run().byproducts().stream().map(Byproduct::digest).forEach(named::add);
    } else if (statement instanceof SnapshotHeader header) {
      named.add(header.list());
      named.add(header.vector());
    }
    if (statement instanceof RebuildAttestation attestation) {
      named.add(attestation.buildinfo());
    }
    return named;
  }

  /** A series that is the signer's, whatever the header claims. */
  private static byte[] series(Fingerprint signer, SnapshotHeader header) {
    String series = signer + "\n" + SnapshotSeries.of(header);
    return Sha256.of(series.getBytes(StandardCharsets.UTF_8)).toByteArray();
  }

  /** Who named a blob, in the log's order; nobody twice. */
  static List<String> signers(Handle handle, Sha256 digest, long size) {
    return new ArrayList<>(
        new LinkedHashSet<>(
            handle
                .createQuery(
                    "select signer from blob_name where digest = ? and leaf_index < ?"
                        + " order by leaf_index")
                .bind(0, digest.toByteArray())
                .bind(1, size)
                .mapTo(String.class)
                .list()));
  }

  /** Whether an entry names a blob that is no older than this, or a newest snapshot does. */
  static boolean isKept(Handle handle, Sha256 digest, long oldest) {
    return handle
            .createQuery(
                "select count(*) from blob_name n where n.digest = ? and (n.named_at >= ? or ("
                    + BY_NEWEST_SNAPSHOT
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
                + " where n.digest = b.digest and (n.named_at >= ? or ("
                + BY_NEWEST_SNAPSHOT
                + "))) limit "
                + most)
        .bind(0, oldest)
        .map((row, context) -> row.getBytes(1))
        .list();
  }

  /** The first who named it, or nobody. */
  static Optional<String> first(Handle handle, Sha256 digest) {
    return signers(handle, digest, Long.MAX_VALUE).stream().findFirst();
  }
}
