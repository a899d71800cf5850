package org.whonix2.e2e.bench;

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
import org.whonix2.core.openpgp.Fingerprint;
import org.whonix2.core.openpgp.SecretKey;
import org.whonix2.core.statement.Binaries;
import org.whonix2.core.statement.Byproduct;
import org.whonix2.core.statement.Platform;
import org.whonix2.core.statement.Rebuild;
import org.whonix2.core.statement.RebuildAttestation;
import org.whonix2.core.statement.SourcePackage;
import org.whonix2.core.statement.Statement;
import org.whonix2.core.statement.Toolchain;
import org.whonix2.server.store.LogEntry;

/** Attestations as many as are wanted, each of another rebuild, of the size that is usual. */
final class LoadStatements {
  /** Debian 12 has some 30,000 sources. */
  private static final int SOURCES = 30_000;

  private static final Instant STARTED = Instant.parse("2026-01-01T00:00:00Z");

  private LoadStatements() {}

  static RebuildAttestation statement(Fingerprint rebuilder, long sequence) {
    PackageName name = new PackageName("package-" + sequence % SOURCES);
    PackageVersion version = new PackageVersion("2." + sequence / SOURCES + "-1+deb12u2");
    Architecture architecture = new Architecture("amd64");
    return new RebuildAttestation(
        new Rebuild(
            new SourcePackage(name, version, digest(sequence, 1)),
            Optional.of(rebuilder),
            Optional.empty(),
            "bookworm",
            architecture,
            new Toolchain("gcc-12", digest(0, 2)),
            "",
            Binaries.BINARY,
            "gcc",
            Optional.empty(),
            new Platform(
                "amd64", false, "AMD", "AMD EPYC", "linux", "6.1.0", "Debian GNU/Linux 12"),
            digest(sequence, 3),
            "whonix2-rebuilder",
            sequence,
            rebuilder,
            STARTED,
            STARTED.plusSeconds(40),
            List.of(new Byproduct("build.log", "text/plain", digest(sequence, 4)))),
        List.of(
            artifact(new PackageIdentity(name, version, architecture), sequence, 5),
            artifact(
                new PackageIdentity(new PackageName(name + "-dbgsym"), version, architecture),
                sequence,
                6)),
        digest(sequence, 7));
  }

  private static BinaryArtifact artifact(PackageIdentity identity, long sequence, int what) {
    return new BinaryArtifact(identity, digest(sequence, what), 242_660);
  }

  private static Sha256 digest(long sequence, int what) {
    return Sha256.of(ByteBuffer.allocate(12).putLong(sequence).putInt(what).array());
  }

  static byte[] signed(SecretKey key, long sequence) throws MalformedInputException {
    byte[] payload = statement(key.certificate().fingerprint(), sequence).toJson();
    return Envelope.sign(Statement.PAYLOAD_TYPE, payload, key, Instant.now()).toBytes();
  }

  /**
   * Makes entries that stand in a log before it is measured: a signature costs more than all the
   * rest, and nobody verifies theirs again, so they have one signature all together.
   */
  static final class Past {
    private final Fingerprint signer;
    private final String before;
    private final String after;

    Past() throws MalformedInputException {
      SecretKey key = SecretKey.generate("past", Instant.now(), Duration.ofDays(30));
      signer = key.certificate().fingerprint();
      String envelope = new String(signed(key, 1), StandardCharsets.UTF_8);
      String payload = base64(statement(signer, 1));
      int at = envelope.indexOf(payload);
      before = envelope.substring(0, at);
      after = envelope.substring(at + payload.length());
    }

    LogEntry entry(long sequence) {
      RebuildAttestation statement = statement(signer, sequence);
      String text = before + base64(statement) + after;
      try {
        Envelope envelope = Envelope.parse(text.getBytes(StandardCharsets.UTF_8));
        return LogEntry.of(envelope, signer, statement);
      } catch (MalformedInputException e) {
        throw new IllegalStateException("it differs in its payload only", e);
      }
    }

    private static String base64(Statement statement) {
      return Base64.getEncoder().encodeToString(statement.toJson());
    }
  }
}
