package org.whonix2.server.roster;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.openpgp.Fingerprint;
import org.whonix2.core.snapshot.SnapshotSeries;
import org.whonix2.core.statement.CompilerBootstrap;
import org.whonix2.core.statement.RebuildStatement;
import org.whonix2.core.statement.SnapshotHeader;
import org.whonix2.server.store.Said;

/**
 * What its signer may say once: something with a number of its own. All that he builds, packages or
 * compilers, is one series; his snapshots are a series for each chain.
 *
 * @param series SHA-256 over lines: the signer, what is numbered, what tells his series apart
 */
record Numbered(Sha256 series, String what, long number) {
  static Optional<Numbered> of(Said said) {
    if (said.statement() instanceof RebuildStatement rebuild) {
      return Optional.of(build(said.signer(), rebuild.sequence()));
    }
    if (said.statement() instanceof CompilerBootstrap bootstrap) {
      return Optional.of(build(said.signer(), bootstrap.sequence()));
    }
    return said.statement() instanceof SnapshotHeader header
        ? Optional.of(snapshot(said.signer(), header))
        : Optional.empty();
  }

  private static Numbered build(Fingerprint signer, long sequence) {
    return new Numbered(series(signer.toString(), "builds"), "sequence number", sequence);
  }

  private static Numbered snapshot(Fingerprint signer, SnapshotHeader header) {
    SnapshotSeries series = SnapshotSeries.of(header);
    return new Numbered(
        series(
            signer.toString(),
            "snapshots",
            series.suite(),
            series.architecture().value(),
            series.toolchain().name(),
            series.toolchain().digest().toString(),
            series.compilerRoot(),
            series.machine(),
            String.valueOf(series.emulated()),
            series.cpuVendor(),
            series.kernel()),
        "snapshot epoch",
        header.epoch());
  }

  /** No part has a line feed in it. */
  private static Sha256 series(String... parts) {
    return Sha256.of((String.join("\n", parts) + "\n").getBytes(StandardCharsets.UTF_8));
  }
}
