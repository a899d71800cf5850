package org.whonix2.server;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.artifact.BinaryArtifact;
import org.whonix2.core.artifact.PackageIdentity;
import org.whonix2.core.artifact.PackageName;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.dsse.Envelope;
import org.whonix2.core.openpgp.SecretKey;
import org.whonix2.core.statement.Byproduct;
import org.whonix2.core.statement.Rebuild;
import org.whonix2.core.statement.RebuildAttestation;
import org.whonix2.core.statement.SnapshotHeader;
import org.whonix2.core.statement.Statement;
import org.whonix2.server.store.LogEntry;

/** Statements that name files by their digests. */
public final class NamedBlobs {
  private NamedBlobs() {}

  /** An attestation of these artifacts, byproducts and .buildinfo. */
  public static RebuildAttestation attestation(
      SecretKey rebuilder,
      long sequence,
      List<Sha256> artifacts,
      List<Sha256> byproducts,
      Sha256 buildinfo) {
    RebuildAttestation like =
        Attestations.statement(rebuilder.certificate().fingerprint(), sequence);
    Rebuild rebuild = like.rebuild();
    PackageIdentity identity = like.artifacts().get(0).identity();
    List<BinaryArtifact> made = new ArrayList<>();
    for (Sha256 digest : artifacts) {
      PackageName name = new PackageName("net-tools-" + made.size());
      made.add(
          new BinaryArtifact(
              new PackageIdentity(name, identity.version(), identity.architecture()), digest, 1));
    }
    List<Byproduct> beside = new ArrayList<>();
    for (Sha256 digest : byproducts) {
      beside.add(new Byproduct("file-" + beside.size(), "text/plain", digest));
    }
    return new RebuildAttestation(
        new Rebuild(
            rebuild.source(),
            rebuild.sourceSigner(),
            rebuild.recordedBuildinfo(),
            rebuild.suite(),
            rebuild.architecture(),
            rebuild.toolchain(),
            rebuild.profile(),
            rebuild.binaries(),
            rebuild.compilerRoot(),
            rebuild.stage(),
            rebuild.platform(),
            rebuild.environment(),
            rebuild.rebuildTool(),
            sequence,
            rebuild.rebuilder(),
            rebuild.startedOn(),
            rebuild.finishedOn(),
            beside),
        made,
        buildinfo);
  }

  /** An attestation of one artifact. */
  public static RebuildAttestation of(SecretKey rebuilder, long sequence, Sha256 artifact) {
    return attestation(
        rebuilder, sequence, List.of(artifact), List.of(), Sha256.of(new byte[] {5}));
  }

  /** A snapshot's header. */
  public static SnapshotHeader snapshot(
      SecretKey rebuilder, long epoch, Sha256 list, Sha256 vector) {
    Rebuild rebuild = Attestations.statement(rebuilder.certificate().fingerprint(), 1).rebuild();
    return new SnapshotHeader(
        rebuild.rebuilder(),
        rebuild.suite(),
        rebuild.architecture(),
        rebuild.toolchain(),
        rebuild.compilerRoot(),
        rebuild.platform(),
        rebuild.rebuildTool(),
        epoch,
        epoch == 1 ? Optional.empty() : Optional.of(Sha256.of(new byte[] {6})),
        list,
        1,
        vector,
        rebuild.finishedOn());
  }

  public static byte[] signed(Statement statement, SecretKey signer) {
    return Attestations.envelope(Statement.PAYLOAD_TYPE, statement.toJson(), signer);
  }

  /** As it is logged. */
  public static LogEntry entry(Statement statement, SecretKey signer) {
    try {
      return LogEntry.of(
          Envelope.parse(signed(statement, signer)), signer.certificate().fingerprint(), statement);
    } catch (MalformedInputException e) {
      throw new IllegalStateException(e);
    }
  }
}
