package org.whonix2.update.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.whonix2.core.artifact.Architecture;
import org.whonix2.core.artifact.BinaryArtifact;
import org.whonix2.core.artifact.DebFile;
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
import org.whonix2.core.ticket.Tickets;
import org.whonix2.io.cli.Program;

/** A box with a policy of two rebuilders, its commands as a user types them, and its log. */
abstract class BoxTest {
  @TempDir Path folder;
  TestLog log;
  private final List<SecretKey> rebuilders = new ArrayList<>();
  Path deb;
  Instant signedAt = Instant.now();
  String out = "";
  String err = "";

  @BeforeEach
  void setUp() throws Exception {
    log = new TestLog();
    deb = build("hello", "hello.deb");
    StringBuilder roster = new StringBuilder();
    for (String operator : List.of("alpha", "beta")) {
      SecretKey key =
          SecretKey.generate(
              operator, Instant.now().minus(Duration.ofDays(20)), Duration.ofDays(50));
      rebuilders.add(key);
      Files.writeString(folder.resolve(operator + ".asc"), key.certificate().toArmored());
      roster.append(
          """
            - {name: %s-1, operator: %s, jurisdiction: DE, fingerprint: %s, certificate: %s.asc,
               tool: whonix2-rebuilder, platform: {architecture: amd64, cpuVendor: AMD, kernel: linux},
               compilerRoots: [gcc]}
          """
              .formatted(operator, operator, key.certificate().fingerprint(), operator));
    }
    Files.writeString(
        folder.resolve("policy.yaml"),
        """
        apiVersion: policy.whonix2.org/v1
        kind: UpdatePolicy
        metadata: {name: test, serial: 1, expires: 2099-01-01T00:00:00Z}
        mode: enforce
        logs: [{origin: %s, key: "%s", urls: ["%s"]}]
        witnesses:
          threshold: 2
          of: [{name: w1, operator: c, key: "%s"}, {name: w2, operator: d, key: "%s"}]
        rebuilders:
        %s
        quorum: {threshold: 2}
        veto: {operators: 1}
        freshness: {maxAge: 7d}
        """
            .formatted(
                TestLog.ORIGIN,
                log.key.verifierKey(),
                log.url(),
                log.w1.verifierKey(),
                log.w2.verifierKey(),
                roster));
  }

  @AfterEach
  void tearDown() {
    log.close();
  }

  Path build(String name, String file) throws Exception {
    Path tree = Files.createDirectories(folder.resolve("tree-" + name));
    Files.createDirectories(tree.resolve("DEBIAN"));
    Files.writeString(
        tree.resolve("DEBIAN/control"),
        "Package: %s\nVersion: 1.0\nArchitecture: amd64\nMaintainer: n <n@e>\nDescription: d\n"
            .formatted(name));
    Path built = folder.resolve(file);
    Process process =
        new ProcessBuilder(
                "dpkg-deb", "--root-owner-group", "-b", tree.toString(), built.toString())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isZero();
    return built;
  }

  /** A signed attestation by the rebuilder of this number that the file came out. */
  byte[] attestation(int rebuilder, long sequence) throws Exception {
    BinaryArtifact artifact = artifact(deb);
    return attestation(rebuilder, sequence, artifact.digest(), artifact, List.of());
  }

  static BinaryArtifact artifact(Path file) throws Exception {
    try (var in = Files.newInputStream(file)) {
      return DebFile.read(in);
    }
  }

  /** The same of other bits, of this source, by a rebuild that left such files. */
  byte[] attestation(
      int rebuilder,
      long sequence,
      Sha256 source,
      BinaryArtifact artifact,
      List<Byproduct> byproducts)
      throws Exception {
    SecretKey key = rebuilders.get(rebuilder);
    Instant made = signedAt.truncatedTo(ChronoUnit.SECONDS);
    RebuildAttestation attestation =
        new RebuildAttestation(
            new Rebuild(
                new SourcePackage(
                    artifact.identity().name(), artifact.identity().version(), source),
                Optional.empty(),
                Optional.empty(),
                "bookworm",
                new Architecture("amd64"),
                new Toolchain("gcc-12", source),
                "",
                Binaries.BINARY,
                "gcc",
                Optional.empty(),
                new Platform("amd64", false, "AMD", "cpu", "linux", "6.1", "Debian 12"),
                source,
                "whonix2-rebuilder",
                sequence,
                key.certificate().fingerprint(),
                made,
                made,
                byproducts),
            List.of(artifact),
            Sha256.of(new byte[0]));
    return Envelope.sign(Statement.PAYLOAD_TYPE, attestation.toJson(), key, signedAt).toBytes();
  }

  /** The key of the rebuilder of this number. */
  Fingerprint rebuilder(int number) {
    return rebuilders.get(number).certificate().fingerprint();
  }

  /** Changes the policy's text. */
  void edit(String old, String other) throws Exception {
    Path policy = folder.resolve("policy.yaml");
    String text = Files.readString(policy);
    assertThat(text).contains(old);
    Files.writeString(policy, text.replace(old, other));
  }

  int run(String... args) {
    StringWriter outText = new StringWriter();
    StringWriter errText = new StringWriter();
    int code =
        Program.run(new UpdateProgram(), new PrintWriter(outText), new PrintWriter(errText), args);
    out = outText.toString();
    err = errText.toString();
    return code;
  }

  int sync(String... more) {
    return run(with("sync", more));
  }

  int verify(Path file, String... more) {
    String[] all =
        Stream.concat(Stream.of(more), Stream.of(file.toString())).toArray(String[]::new);
    return run(with("verify", all));
  }

  int status(String... more) {
    return run(with("status", more));
  }

  String[] with(String command, String... more) {
    return Stream.concat(
            Stream.of(
                command,
                "--policy",
                folder.resolve("policy.yaml").toString(),
                "--state",
                folder.resolve("state").toString()),
            Stream.of(more))
        .toArray(String[]::new);
  }

  void logBoth() throws Exception {
    log.entries.add(attestation(0, 1));
    log.entries.add(attestation(1, 1));
  }

  Tickets tickets() throws Exception {
    return Tickets.parse(Files.readAllBytes(folder.resolve("state/update/tickets")));
  }

  Optional<Path> entriesFile() throws IOException {
    try (Stream<Path> files = Files.walk(folder.resolve("state"))) {
      return files
          .filter(file -> file.toString().contains("entries"))
          .filter(Files::isRegularFile)
          .findFirst();
    }
  }
}
