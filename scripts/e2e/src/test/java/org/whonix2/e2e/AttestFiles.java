package org.whonix2.e2e;

import java.io.BufferedInputStream;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.whonix2.core.artifact.Architecture;
import org.whonix2.core.artifact.BinaryArtifact;
import org.whonix2.core.artifact.DebFile;
import org.whonix2.core.artifact.PackageName;
import org.whonix2.core.artifact.PackageVersion;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.dsse.Envelope;
import org.whonix2.core.openpgp.Fingerprint;
import org.whonix2.core.openpgp.SecretKey;
import org.whonix2.core.statement.Binaries;
import org.whonix2.core.statement.Platform;
import org.whonix2.core.statement.Rebuild;
import org.whonix2.core.statement.RebuildAttestation;
import org.whonix2.core.statement.SourcePackage;
import org.whonix2.core.statement.Statement;
import org.whonix2.core.statement.Toolchain;

/**
 * Signs attestations for files that nobody rebuilt: {@code AttestFiles
 * [--source-signer=FINGERPRINT] KEY-DIR CPU-VENDOR SEQUENCE OUT-DIR FILE…}. Tests of the box need
 * many attested packages, and how one is built is not their business. Writes envelopes of up to 50
 * files each, {@code OUT-DIR/SEQUENCE.json} and so on, each with its own sequence number.
 */
final class AttestFiles {
  private static final String SOURCE_SIGNER = "--source-signer=";
  private static final int FILES_EACH = 50;

  private AttestFiles() {}

  public static void main(String[] arguments) throws Exception {
    Optional<Fingerprint> sourceSigner = Optional.empty();
    List<String> args = Arrays.asList(arguments);
    if (args.get(0).startsWith(SOURCE_SIGNER)) {
      sourceSigner = Optional.of(Fingerprint.parse(args.get(0).substring(SOURCE_SIGNER.length())));
      args = args.subList(1, args.size());
    }
    SecretKey key = SecretKey.parse(Files.readAllBytes(Path.of(args.get(0), "secret.asc")));
    long sequence = Long.parseLong(args.get(2));
    List<BinaryArtifact> artifacts = new ArrayList<>();
    for (String file : args.subList(4, args.size())) {
      try (InputStream in = new BufferedInputStream(Files.newInputStream(Path.of(file)), 1 << 16)) {
        artifacts.add(DebFile.read(in));
      }
    }
    for (int from = 0; from < artifacts.size(); from += FILES_EACH) {
      List<BinaryArtifact> some =
          artifacts.subList(from, Math.min(from + FILES_EACH, artifacts.size()));
      byte[] statement = attestation(some, sourceSigner, args.get(1), key, sequence).toJson();
      Files.write(
          Path.of(args.get(3), sequence + ".json"),
          Envelope.sign(Statement.PAYLOAD_TYPE, statement, key, Instant.now()).toBytes());
      sequence++;
    }
  }

  private static RebuildAttestation attestation(
      List<BinaryArtifact> artifacts,
      Optional<Fingerprint> sourceSigner,
      String cpuVendor,
      SecretKey key,
      long sequence)
      throws Exception {
    Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS).minus(Duration.ofSeconds(1));
    // A source of its own for each set of files, so that none of them replaces another.
    Sha256 source = artifacts.get(0).digest();
    return new RebuildAttestation(
        new Rebuild(
            new SourcePackage(
                new PackageName("made-for-a-test"), new PackageVersion("1.0"), source),
            sourceSigner,
            Optional.empty(),
            "bookworm",
            new Architecture("amd64"),
            new Toolchain("gcc-12", Sha256.of(new byte[0])),
            "",
            Binaries.BINARY,
            "gcc",
            Optional.empty(),
            new Platform("amd64", false, cpuVendor, "cpu", "linux", "6.1", "Debian 12"),
            Sha256.of(new byte[0]),
            "whonix2-rebuilder",
            sequence,
            key.certificate().fingerprint(),
            now,
            now,
            List.of()),
        artifacts,
        Sha256.of(new byte[0]));
  }
}
