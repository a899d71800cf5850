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
      List<byte[]> artifacts,
      List<byte[]> byproducts,
      byte[] buildinfo) {
    List<BinaryArtifact> made = new ArrayList<>();
    for (byte[] artifact : artifacts) {
      made.add(artifact("net-tools-" + made.size(), Sha256.of(artifact), artifact.length));
    }
    List<Byproduct> beside = new ArrayList<>();
    for (byte[] byproduct : byproducts) {
      beside.add(new Byproduct("file-" + beside.size(), "text/plain", Sha256.of(byproduct)));
    }
    return attestation(rebuilder, sequence, "", made, beside, Sha256.of(buildinfo));
  }

  /** An attestation of one artifact. */
  public static RebuildAttestation of(SecretKey rebuilder, long sequence, byte[] artifact) {
    return attestation(rebuilder, sequence, List.of(artifact), List.of(), new byte[] {5});
  }

  /** An attestation of one artifact that does not fit into memory. */
  public static RebuildAttestation of(
      SecretKey rebuilder, long sequence, Sha256 artifact, long size) {
    return attestation(
        rebuilder,
        sequence,
        "",
        List.of(artifact("net-tools", artifact, size)),
        List.of(),
        Sha256.of(new byte[] {5}));
  }

  /** An attestation of another rebuild than the others are of, with one byproduct. */
  public static RebuildAttestation ofOther(SecretKey rebuilder, long sequence, byte[] byproduct) {
    return attestation(
        rebuilder,
        sequence,
        "nocheck",
        List.of(artifact("net-tools", Sha256.of(new byte[] {4}), 1)),
        List.of(new Byproduct("file", "text/plain", Sha256.of(byproduct))),
        Sha256.of(new byte[] {5}));
  }

  private static BinaryArtifact artifact(String name, Sha256 digest, long size) {
    PackageIdentity like =
        Attestations.statement(Attestations.rebuilder("alpha").certificate().fingerprint(), 1)
            .artifacts()
            .get(0)
            .identity();
    return new BinaryArtifact(
        new PackageIdentity(new PackageName(name), like.version(), like.architecture()),
        digest,
        size);
  }

  private static RebuildAttestation attestation(
      SecretKey rebuilder,
      long sequence,
      String profile,
      List<BinaryArtifact> made,
      List<Byproduct> beside,
      Sha256 buildinfo) {
    Rebuild rebuild =
        Attestations.statement(rebuilder.certificate().fingerprint(), sequence).rebuild();
    return new RebuildAttestation(
        new Rebuild(
            rebuild.source(),
            rebuild.sourceSigner(),
            rebuild.recordedBuildinfo(),
            rebuild.suite(),
            rebuild.architecture(),
            rebuild.toolchain(),
            profile,
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
