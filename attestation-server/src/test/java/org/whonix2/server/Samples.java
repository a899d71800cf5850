package org.whonix2.server;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
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
import org.whonix2.core.statement.RebuildFailure;
import org.whonix2.core.statement.SnapshotHeader;
import org.whonix2.core.statement.SourcePackage;
import org.whonix2.core.statement.Statement;
import org.whonix2.core.statement.Toolchain;
import org.whonix2.server.catalogue.Catalogue;
import org.whonix2.server.store.LogEntry;
import org.whonix2.server.store.LogStore;

/** Entries about many packages, by a few rebuilders, and logs that have them from the start. */
public final class Samples {
  public static final SecretKey ALPHA = Attestations.rebuilder("alpha-1");
  public static final SecretKey BETA = Attestations.rebuilder("beta-1");

  private static final Platform PLATFORM =
      new Platform("amd64", false, "AMD", "AMD EPYC", "linux", "6.1.0", "Debian GNU/Linux 12");
  private static final Instant MADE = Attestations.KEYS_MADE;

  private final SecretKey key;
  private final List<LogEntry> entries;
  private long sequence;

  private Samples(SecretKey key, List<LogEntry> entries) {
    this.key = key;
    this.entries = entries;
  }

  /** What a rebuild was of and by. */
  public record Subject(
      String source, String version, String architecture, String toolchain, String compilerRoot) {
    /** In gcc-12 from gcc, on amd64. */
    public static Subject of(String source, String version) {
      return new Subject(source, version, "amd64", "gcc-12", "gcc");
    }
  }

  public static Samples by(SecretKey key, List<LogEntry> entries) {
    return new Samples(key, entries);
  }

  /** A package with a digest of its own, told by the number. */
  public static BinaryArtifact artifact(
      String name, String version, String architecture, int bits) {
    return new BinaryArtifact(
        new PackageIdentity(
            new PackageName(name), new PackageVersion(version), new Architecture(architecture)),
        digest(bits),
        242_660);
  }

  public static Sha256 digest(int bits) {
    return Sha256.of(new byte[] {(byte) bits, (byte) (bits >> 8), (byte) (bits >> 16), 1});
  }

  public Samples rebuilt(Subject subject, BinaryArtifact... artifacts) {
    return add(new RebuildAttestation(rebuild(subject), List.of(artifacts), digest(0x50000)));
  }

  public Samples failed(Subject subject, String reason) {
    return add(new RebuildFailure(rebuild(subject), reason));
  }

  public Samples snapshot(String suite, long epoch) {
    return snapshot(suite, epoch, "gcc");
  }

  /** The header with this epoch, whose list and vector the epoch tells. */
  public Samples snapshot(String suite, long epoch, String compilerRoot) {
    return add(
        new SnapshotHeader(
            fingerprint(),
            suite,
            new Architecture("amd64"),
            new Toolchain("gcc-12", digest(3)),
            compilerRoot,
            PLATFORM,
            "whonix2-rebuilder",
            epoch,
            epoch > 1 ? Optional.of(digest(0x10000)) : Optional.empty(),
            digest((int) epoch),
            63_000,
            digest(0x20000 + (int) epoch),
            MADE));
  }

  public Samples add(Statement statement) {
    entries.add(entry(statement, key));
    return this;
  }

  private static LogEntry entry(Statement statement, SecretKey key) {
    try {
      Envelope envelope =
          Envelope.sign(Statement.PAYLOAD_TYPE, statement.toJson(), key, MADE.plusSeconds(60));
      return LogEntry.of(envelope, key.certificate().fingerprint(), statement);
    } catch (MalformedInputException e) {
      throw new IllegalStateException(e);
    }
  }

  private Fingerprint fingerprint() {
    return key.certificate().fingerprint();
  }

  private Rebuild rebuild(Subject subject) {
    sequence++;
    return new Rebuild(
        new SourcePackage(
            new PackageName(subject.source()),
            new PackageVersion(subject.version()),
            digest(0x30000)),
        Optional.empty(),
        Optional.empty(),
        "bookworm",
        new Architecture(subject.architecture()),
        new Toolchain(subject.toolchain(), digest(3)),
        "",
        Binaries.BINARY,
        subject.compilerRoot(),
        Optional.empty(),
        PLATFORM,
        digest(4),
        "whonix2-rebuilder",
        sequence,
        fingerprint(),
        MADE,
        MADE.plusSeconds(40),
        List.of(new Byproduct("build.log", "text/plain", digest(0x40000))));
  }

  /** Everything that a question can be about, by two rebuilders. */
  public static List<LogEntry> some() {
    List<LogEntry> entries = new ArrayList<>();
    Samples alpha = by(ALPHA, entries);
    Samples beta = by(BETA, entries);
    Subject netTools = Subject.of("net-tools", "2.10-0.1+deb12u2");
    Subject clang = new Subject("net-tools", "2.10-0.1+deb12u2", "amd64", "gcc-12", "clang");
    Subject tcc = new Subject("net-tools", "2.10-0.1+deb12u2", "amd64", "tcc-ddc", "gcc");
    BinaryArtifact same = artifact("net-tools", "2.10-0.1+deb12u2", "amd64", 1);
    alpha.rebuilt(netTools, same); // 0
    beta.rebuilt(clang, same); // 1
    alpha.failed(new Subject("net-tools", "2.10-0.1+deb12u2", "arm64", "gcc-12", "gcc"), "timeout");
    beta.rebuilt( // 3
        Subject.of("xz-utils", "5.4.1-1"),
        artifact("xz-utils", "5.4.1-1+b2", "amd64", 2),
        artifact("liblzma5", "5.4.1-1+b2", "amd64", 3));
    alpha.rebuilt(tcc, artifact("net-tools", "2.10-0.1+deb12u2+ddc", "amd64", 4)); // 4
    alpha.snapshot("bookworm", 1); // 5
    entries.add(LogEntry.opaque(new byte[] {1, 2, 3})); // 6
    alpha.rebuilt( // 7
        Subject.of("xz-utils", "1:5.6~rc1-1"), artifact("liblzma5", "1:5.6~rc1-1", "amd64", 5));
    beta.failed(Subject.of("0ad", "0.0.26-3"), "out-of-memory"); // 8
    return entries;
  }

  /** Puts these into the log in this folder, which no server must have open yet. */
  public static void fill(Path state, List<LogEntry> entries) throws IOException {
    try (LogStore store = LogStore.open(TestDatabase.open(state), Catalogue.indexes())) {
      if (store.append(store.head(), entries).isEmpty()) {
        throw new IllegalStateException("nobody else writes");
      }
    }
  }
}
