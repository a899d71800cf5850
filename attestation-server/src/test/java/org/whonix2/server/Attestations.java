package org.whonix2.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.artifact.Architecture;
import org.whonix2.core.artifact.BinaryArtifact;
import org.whonix2.core.artifact.PackageIdentity;
import org.whonix2.core.artifact.PackageName;
import org.whonix2.core.artifact.PackageVersion;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.dsse.Envelope;
import org.whonix2.core.openpgp.Certificate;
import org.whonix2.core.openpgp.Fingerprint;
import org.whonix2.core.openpgp.SecretKey;
import org.whonix2.core.statement.Binaries;
import org.whonix2.core.statement.BootstrapPlan;
import org.whonix2.core.statement.CertificateUpdate;
import org.whonix2.core.statement.CompilerBootstrap;
import org.whonix2.core.statement.CompilerFile;
import org.whonix2.core.statement.Platform;
import org.whonix2.core.statement.Rebuild;
import org.whonix2.core.statement.RebuildAttestation;
import org.whonix2.core.statement.RebuildFailure;
import org.whonix2.core.statement.Run;
import org.whonix2.core.statement.SnapshotHeader;
import org.whonix2.core.statement.SourcePackage;
import org.whonix2.core.statement.Statement;
import org.whonix2.core.statement.Toolchain;

/** Attestations as a rebuilder would publish them. */
public final class Attestations {
  /** When the rebuilders' keys were made; they are good for decades. */
  public static final Instant KEYS_MADE = Instant.parse("2024-01-01T00:00:00Z");

  private Attestations() {}

  public static SecretKey rebuilder(String name) {
    try {
      return SecretKey.generate(name, KEYS_MADE, Duration.ofDays(10_000));
    } catch (MalformedInputException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The attestation with this sequence number, signed by its rebuilder. */
  public static byte[] signed(SecretKey rebuilder, long sequence) {
    return signed(rebuilder, sequence, rebuilder);
  }

  /** The attestation of one rebuilder, signed by another. */
  public static byte[] signed(SecretKey rebuilder, long sequence, SecretKey signer) {
    byte[] statement = statement(rebuilder.certificate().fingerprint(), sequence).toJson();
    return envelope(Statement.PAYLOAD_TYPE, statement, signer);
  }

  /** The statement with this sequence number that a build failed, signed by its rebuilder. */
  public static byte[] failed(SecretKey rebuilder, long sequence) {
    return failed(rebuilder, sequence, rebuilder);
  }

  /** The failure of one rebuilder, signed by another. */
  public static byte[] failed(SecretKey rebuilder, long sequence, SecretKey signer) {
    RebuildAttestation attestation = statement(rebuilder.certificate().fingerprint(), sequence);
    byte[] failure = new RebuildFailure(attestation.rebuild(), "timeout").toJson();
    return envelope(Statement.PAYLOAD_TYPE, failure, signer);
  }

  /** One stage of a compiler, by the rebuilder who signs it. */
  public static byte[] bootstrap(SecretKey rebuilder, long sequence) {
    return bootstrap(rebuilder, sequence, rebuilder);
  }

  /** The head of a snapshot, by the rebuilder who signs it. */
  public static byte[] snapshot(SecretKey rebuilder, long epoch, String suite, long entries) {
    return snapshot(rebuilder, epoch, suite, entries, rebuilder);
  }

  /** The head of one rebuilder's snapshot, signed by another. */
  public static byte[] snapshot(
      SecretKey rebuilder, long epoch, String suite, long entries, SecretKey signer) {
    Rebuild rebuild = statement(rebuilder.certificate().fingerprint(), 1).rebuild();
    SnapshotHeader header =
        new SnapshotHeader(
            rebuild.rebuilder(),
            suite,
            rebuild.architecture(),
            rebuild.toolchain(),
            rebuild.compilerRoot(),
            rebuild.platform(),
            rebuild.rebuildTool(),
            epoch,
            epoch == 1 ? Optional.empty() : Optional.of(Sha256.of(new byte[] {11})),
            Sha256.of(new byte[] {12}),
            entries,
            Sha256.of(new byte[] {13}),
            KEYS_MADE);
    return envelope(Statement.PAYLOAD_TYPE, header.toJson(), signer);
  }

  /** What became of a certificate, signed by anybody. */
  public static byte[] update(Certificate certificate, SecretKey signer) {
    return envelope(Statement.PAYLOAD_TYPE, new CertificateUpdate(certificate).toJson(), signer);
  }

  /** One stage of a compiler of one rebuilder, signed by another. */
  public static byte[] bootstrap(SecretKey rebuilder, long sequence, SecretKey signer) {
    Rebuild rebuild = statement(rebuilder.certificate().fingerprint(), sequence).rebuild();
    CompilerBootstrap bootstrap =
        new CompilerBootstrap(
            new BootstrapPlan("tcc", Sha256.of(new byte[] {7})),
            new Toolchain("tcc-ddc", Sha256.of(new byte[] {8})),
            List.of((SourcePackage) rebuild.source()),
            rebuild.suite(),
            rebuild.architecture(),
            rebuild.compilerRoot(),
            rebuild.toolchain(),
            1,
            List.of(),
            List.of(
                new CompilerFile(
                    "/opt/whonix2/tcc-ddc/tcc",
                    CompilerFile.Role.COMPILER,
                    Sha256.of(new byte[] {9}),
                    402136)),
            new PackageVersion("2.36-9+deb12u10"),
            new Run(
                rebuild.platform(),
                rebuild.environment(),
                rebuild.rebuildTool(),
                sequence,
                rebuild.rebuilder(),
                rebuild.startedOn(),
                rebuild.finishedOn(),
                List.of()));
    return envelope(Statement.PAYLOAD_TYPE, bootstrap.toJson(), signer);
  }

  public static byte[] envelope(String payloadType, byte[] payload, SecretKey signer) {
    try {
      return Envelope.sign(payloadType, payload, signer, KEYS_MADE.plusSeconds(60)).toBytes();
    } catch (MalformedInputException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The attestation with this sequence number, signed at that time. */
  public static byte[] envelopeAt(SecretKey signer, long sequence, Instant at) {
    byte[] statement = statement(signer.certificate().fingerprint(), sequence).toJson();
    try {
      return Envelope.sign(Statement.PAYLOAD_TYPE, statement, signer, at).toBytes();
    } catch (MalformedInputException e) {
      throw new IllegalStateException(e);
    }
  }

  public static RebuildAttestation statement(Fingerprint rebuilder, long sequence) {
    PackageIdentity identity =
        new PackageIdentity(
            new PackageName("net-tools"),
            new PackageVersion("2.10-0.1+deb12u2"),
            new Architecture("amd64"));
    return new RebuildAttestation(
        new Rebuild(
            new SourcePackage(identity.name(), identity.version(), Sha256.of(new byte[] {2})),
            Optional.empty(),
            Optional.empty(),
            "bookworm",
            identity.architecture(),
            new Toolchain("gcc-12", Sha256.of(new byte[] {3})),
            "",
            Binaries.BINARY,
            "gcc",
            Optional.empty(),
            new Platform(
                "amd64", false, "AMD", "AMD EPYC", "linux", "6.1.0", "Debian GNU/Linux 12"),
            Sha256.of(new byte[] {4}),
            "whonix2-rebuilder",
            sequence,
            rebuilder,
            KEYS_MADE,
            KEYS_MADE.plusSeconds(40),
            List.of()),
        List.of(new BinaryArtifact(identity, Sha256.of(new byte[] {1}), 242660)),
        Sha256.of(new byte[] {5}));
  }

  /**
   * The same statement by the same signer: the unhashed area of a signature is signed by nobody.
   */
  public static byte[] inOtherBytes(byte[] logged) {
    byte[] packet;
    try {
      packet = Envelope.parse(logged).signatures().get(0).sig();
    } catch (MalformedInputException e) {
      throw new AssertionError(e);
    }
    int hashed = (packet[6] & 0xff) << 8 | (packet[7] & 0xff);
    int area = 2 + 6 + hashed; // header and length octet, fixed fields, hashed area
    assertThat(packet[0] & 0xff).as("a header of one length octet").isIn(0x88, 0xc2);
    assertThat(packet[area] | packet[area + 1]).as("an empty unhashed area").isZero();
    // A private subpacket.
    ByteBuffer filled = ByteBuffer.allocate(packet.length + 3);
    filled.put(packet, 0, area).put(new byte[] {0, 3, 2, 100, 7});
    filled.put(packet, area + 2, packet.length - area - 2);
    filled.put(1, (byte) (packet[1] + 3));
    Base64.Encoder base64 = Base64.getEncoder();
    String text = new String(logged, StandardCharsets.UTF_8);
    String sig = base64.encodeToString(packet);
    assertThat(text).contains(sig);
    return text.replace(sig, base64.encodeToString(filled.array()))
        .getBytes(StandardCharsets.UTF_8);
  }
}
