package org.whonix2.update.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
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
import org.whonix2.core.log.FollowOutcome;
import org.whonix2.core.openpgp.Fingerprint;
import org.whonix2.core.openpgp.SecretKey;
import org.whonix2.core.policy.UpdatePolicy;
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
import org.whonix2.io.files.AtomicFiles;
import org.whonix2.io.http.HttpDeadlines;
import org.whonix2.io.http.HttpTransport;
import org.whonix2.update.store.BoxStore;
import org.whonix2.update.store.LogStore;
import org.whonix2.update.store.SealedText;
import org.whonix2.update.sync.LogSync;
import org.whonix2.update.sync.SyncLimits;

/** A box with a policy of two rebuilders, its commands as a user types them, and its log. */
public abstract class BoxTest {
  @TempDir protected Path folder;
  protected TestLog log;
  protected final List<SecretKey> rebuilders = new ArrayList<>();
  protected Path deb;
  protected Instant signedAt = Instant.now();

  /** Who signed the sources that are attested. */
  protected Optional<Fingerprint> uploader = Optional.empty();

  protected String out = "";
  protected String err = "";

  /** Whose rebuilders the policy names, one each. */
  protected List<String> operators() {
    return List.of("alpha", "beta");
  }

  @BeforeEach
  protected void setUp() throws Exception {
    log = new TestLog();
    deb = build("hello", "hello.deb");
    StringBuilder roster = new StringBuilder();
    for (String operator : operators()) {
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
  protected void tearDown() {
    log.close();
  }

  protected Path build(String name, String file) throws Exception {
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

  /** A signed attestation by the rebuilder of this number that {@link #deb} came out. */
  protected byte[] attestation(int rebuilder, long sequence) throws Exception {
    return attestation(rebuilder, sequence, deb);
  }

  /** A signed attestation that this file came out. */
  protected byte[] attestation(int rebuilder, long sequence, Path file) throws Exception {
    BinaryArtifact artifact = artifact(file);
    return attestation(rebuilder, sequence, artifact, artifact, List.of());
  }

  /** A signed attestation that of this file's source, in its environment, other bits came out. */
  protected byte[] mismatch(int rebuilder, long sequence, Path file) throws Exception {
    BinaryArtifact artifact = artifact(file);
    Sha256 otherBits = Sha256.of(new byte[] {(byte) rebuilder});
    return attestation(
        rebuilder,
        sequence,
        artifact,
        new BinaryArtifact(artifact.identity(), otherBits, artifact.size()),
        List.of(new Byproduct(Byproduct.BUILD_LOG, "text/plain", otherBits)));
  }

  protected static BinaryArtifact artifact(Path file) throws Exception {
    try (var in = Files.newInputStream(file)) {
      return DebFile.read(in);
    }
  }

  /**
   * That the bits of one came out of the source that is the other's, and such files beside them.
   */
  protected byte[] attestation(
      int rebuilder,
      long sequence,
      BinaryArtifact of,
      BinaryArtifact bits,
      List<Byproduct> byproducts)
      throws Exception {
    SecretKey key = rebuilders.get(rebuilder);
    Instant made = signedAt.truncatedTo(ChronoUnit.SECONDS);
    RebuildAttestation attestation =
        new RebuildAttestation(
            new Rebuild(
                new SourcePackage(of.identity().name(), of.identity().version(), of.digest()),
                uploader,
                Optional.empty(),
                "bookworm",
                new Architecture("amd64"),
                new Toolchain("gcc-12", of.digest()),
                "",
                Binaries.BINARY,
                "gcc",
                Optional.empty(),
                new Platform("amd64", false, "AMD", "cpu", "linux", "6.1", "Debian 12"),
                of.digest(),
                "whonix2-rebuilder",
                sequence,
                key.certificate().fingerprint(),
                made,
                made,
                byproducts),
            List.of(bits),
            Sha256.of(new byte[0]));
    return signed(key, attestation);
  }

  /** A statement in its envelope. */
  protected byte[] signed(SecretKey key, Statement statement) throws Exception {
    return Envelope.sign(Statement.PAYLOAD_TYPE, statement.toJson(), key, signedAt).toBytes();
  }

  /** The key of the rebuilder of this number. */
  Fingerprint rebuilder(int number) {
    return rebuilders.get(number).certificate().fingerprint();
  }

  /** Changes the policy's text. */
  protected void edit(String old, String other) throws Exception {
    Path policy = folder.resolve("policy.yaml");
    String text = Files.readString(policy);
    assertThat(text).contains(old);
    Files.writeString(policy, text.replace(old, other));
  }

  protected int run(String... args) {
    StringWriter outText = new StringWriter();
    StringWriter errText = new StringWriter();
    int code =
        Program.run(new UpdateProgram(), new PrintWriter(outText), new PrintWriter(errText), args);
    out = outText.toString();
    err = errText.toString();
    return code;
  }

  protected int sync(String... more) {
    return run(with("sync", more));
  }

  protected int verify(Path file, String... more) {
    String[] all =
        Stream.concat(Stream.of(more), Stream.of(file.toString())).toArray(String[]::new);
    return run(with("verify", all));
  }

  protected int status(String... more) {
    return run(with("status", more));
  }

  protected String[] with(String command, String... more) {
    return Stream.concat(
            Stream.of(
                command,
                "--policy",
                folder.resolve("policy.yaml").toString(),
                "--state",
                state().toString()),
            Stream.of(more))
        .toArray(String[]::new);
  }

  protected void logBoth() throws Exception {
    log.entries.add(attestation(0, 1));
    log.entries.add(attestation(1, 1));
  }

  protected Tickets tickets() throws Exception {
    return Tickets.parse(Files.readAllBytes(state().resolve("update/tickets")));
  }

  protected Optional<Path> entriesFile() throws IOException {
    try (Stream<Path> files = Files.walk(state())) {
      return files
          .filter(file -> file.toString().contains("entries"))
          .filter(Files::isRegularFile)
          .findFirst();
    }
  }

  protected Path state() {
    return folder.resolve("state");
  }

  /** The policy as it is written now. */
  protected UpdatePolicy policy() throws Exception {
    return UpdatePolicy.parse(
        AtomicFiles.read(folder.resolve("policy.yaml"), UpdatePolicy.MAX_BYTES),
        (name, most) -> AtomicFiles.read(folder.resolve(name), most));
  }

  /** Writes a file of the box's own as the box would. */
  protected static void seal(Path file, String text) throws IOException {
    Files.write(file, SealedText.seal(text.getBytes(StandardCharsets.US_ASCII)));
  }

  /** A file of the box's own, without its last line, which has the digest of the others. */
  protected static String sealed(Path file) throws IOException {
    String text = Files.readString(file);
    return text.substring(0, text.lastIndexOf("sha256 "));
  }

  /** What is kept of the log. */
  protected LogStore store() throws IOException {
    try (BoxStore store = BoxStore.open(state(), false)) {
      return store.log(TestLog.ORIGIN);
    }
  }

  /** Follows the log within other limits than the program's. */
  protected FollowOutcome follow(SyncLimits limits) throws Exception {
    return follow(limits, HttpDeadlines.STANDARD);
  }

  protected FollowOutcome follow(SyncLimits limits, HttpDeadlines deadlines) throws Exception {
    UpdatePolicy policy = policy();
    try (HttpTransport transport = new HttpTransport(deadlines)) {
      return new LogSync(policy, transport, Instant.now(), limits)
          .sync(policy.logs().get(0), store());
    }
  }
}
