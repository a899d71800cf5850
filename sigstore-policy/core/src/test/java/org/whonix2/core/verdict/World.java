package org.whonix2.core.verdict;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.artifact.Architecture;
import org.whonix2.core.artifact.BinaryArtifact;
import org.whonix2.core.artifact.PackageIdentity;
import org.whonix2.core.artifact.PackageName;
import org.whonix2.core.artifact.PackageVersion;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.log.SignatureType;
import org.whonix2.core.log.SigningKey;
import org.whonix2.core.log.TrustedLog;
import org.whonix2.core.log.Witness;
import org.whonix2.core.log.WitnessQuorum;
import org.whonix2.core.openpgp.Certificate;
import org.whonix2.core.openpgp.Fingerprint;
import org.whonix2.core.openpgp.SecretKey;
import org.whonix2.core.policy.Demands;
import org.whonix2.core.policy.Dimension;
import org.whonix2.core.policy.HashExemption;
import org.whonix2.core.policy.LogSource;
import org.whonix2.core.policy.Mode;
import org.whonix2.core.policy.PolicyRule;
import org.whonix2.core.policy.Quorum;
import org.whonix2.core.policy.Rebuilder;
import org.whonix2.core.policy.Signatories;
import org.whonix2.core.policy.SourceSigners;
import org.whonix2.core.policy.UpdatePolicy;
import org.whonix2.core.quorum.Group;
import org.whonix2.core.statement.Binaries;
import org.whonix2.core.statement.GitId;
import org.whonix2.core.statement.GitSource;
import org.whonix2.core.statement.GitTag;
import org.whonix2.core.statement.GitUrl;
import org.whonix2.core.statement.Platform;
import org.whonix2.core.statement.Rebuild;
import org.whonix2.core.statement.RebuildAttestation;
import org.whonix2.core.statement.RebuildFailure;
import org.whonix2.core.statement.RebuildStatement;
import org.whonix2.core.statement.SourcePackage;
import org.whonix2.core.statement.Toolchain;

/** A small world for verdict tests: three operators, one log, a package and what was said of it. */
final class World {
  static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
  static final String LOG = "log.example.org";

  private static final SecureRandom RANDOM = new SecureRandom();
  private static final Map<String, Certificate> CERTIFICATES = new HashMap<>();

  final List<Rebuilder> rebuilders = new ArrayList<>();
  final Map<Dimension, Integer> distinct = new HashMap<>();
  final SortedMap<String, Quorum> also = new TreeMap<>();
  final List<LoggedRebuild> logged = new ArrayList<>();
  final List<PolicyRule> rules = new ArrayList<>();
  final List<HashExemption> exemptions = new ArrayList<>();
  final List<Consumer<Evidence.Collector>> others = new ArrayList<>();
  Signatories reviewers = Signatories.NONE;
  Signatories maintainers = Signatories.NONE;
  Optional<SourceSigners> source = Optional.empty();
  OptionalInt silent = OptionalInt.empty();
  Duration minAge = Duration.ZERO;
  Kept kept = Kept.NOTHING;
  int serial = 1;
  int threshold = 3;
  int veto = 1;
  Mode mode = Mode.ENFORCE;
  Set<PackageName> protect = Set.of();
  Instant expires = NOW.plus(Duration.ofDays(100));
  final Map<String, Standing> standings = new HashMap<>();
  BinaryArtifact archiveFile = file("net-tools", 1);

  World() {
    standings.put(LOG, followed(NOW.minus(Duration.ofHours(1))));
    rebuilder("alpha-1", "alpha", "DE", "gcc");
    rebuilder("beta-1", "beta", "FR", "gcc");
    rebuilder("gamma-1", "gamma", "IS", "clang");
  }

  Rebuilder rebuilder(String name, String operator, String jurisdiction, String... roots) {
    Rebuilder rebuilder =
        new Rebuilder(
            name,
            operator,
            jurisdiction,
            CERTIFICATES.computeIfAbsent(name, World::certificate),
            "whonix2-rebuilder",
            new Rebuilder.DeclaredPlatform("amd64", "AMD", "linux"),
            Set.of(roots));
    rebuilders.add(rebuilder);
    return rebuilder;
  }

  Rebuilder named(String name) {
    return rebuilders.stream().filter(one -> one.name().equals(name)).findFirst().orElseThrow();
  }

  private static Certificate certificate(String name) {
    try {
      return SecretKey.generate(name, NOW, Duration.ofDays(365)).certificate();
    } catch (MalformedInputException e) {
      throw new IllegalStateException(e);
    }
  }

  static BinaryArtifact file(String name, int bits) {
    return new BinaryArtifact(
        new PackageIdentity(
            new PackageName(name), new PackageVersion("2.10-1"), new Architecture("amd64")),
        Sha256.of(BigInteger.valueOf(bits).toByteArray()),
        1000);
  }

  static Sha256 stage(int bits) {
    return Sha256.of(numbered(6, bits));
  }

  /** One digest for each number. */
  static byte[] numbered(int kind, int number) {
    byte[] bytes = BigInteger.valueOf(number).toByteArray();
    return ByteBuffer.allocate(1 + bytes.length).put((byte) kind).put(bytes).array();
  }

  static Standing followed(Instant witnessed) {
    return new Standing.Followed(9, Optional.of(witnessed), "witnessed");
  }

  /** Begins a statement by this rebuilder that the archive's file came out. */
  Said says(String rebuilder) {
    return new Said(rebuilder);
  }

  /** One statement in the making; {@link #log} puts it into the log. */
  final class Said {
    private final Rebuilder who;
    private BinaryArtifact artifact = archiveFile;
    private String root;
    private final List<BinaryArtifact> others = new ArrayList<>();
    private boolean emulated;
    private String cpuVendor = "AMD";
    private String tool = "whonix2-rebuilder";
    private int environment = 1;
    private String suite = "bookworm";
    private String toolchain = "gcc-12";
    private String definition = "";
    private Optional<Fingerprint> signer = Optional.empty();
    private Instant loggedBy = NOW;
    private boolean failed;
    private int source = 1;
    private Binaries binaries = Binaries.BINARY;
    private boolean git;
    private Optional<Sha256> stage = Optional.empty();
    private long sequence = 1;
    private String log = LOG;

    Said(String name) {
      this.who = named(name);
      this.root = who.compilerRoots().stream().sorted().findFirst().orElseThrow();
    }

    Said got(BinaryArtifact other) {
      artifact = other;
      return this;
    }

    Said and(BinaryArtifact another) {
      others.add(another);
      return this;
    }

    Said emulated() {
      emulated = true;
      return this;
    }

    Said withRoot(String other) {
      root = other;
      return this;
    }

    Said onCpu(String vendor) {
      cpuVendor = vendor;
      return this;
    }

    Said withTool(String other) {
      tool = other;
      return this;
    }

    Said fromSuite(String other) {
      suite = other;
      return this;
    }

    Said by(String otherToolchain) {
      toolchain = otherToolchain;
      return this;
    }

    /** By another definition of the toolchain under the same name, so another rebuild. */
    Said ofToolchain(int other) {
      definition = " " + other;
      return this;
    }

    Said ofSourceSignedBy(Fingerprint uploader) {
      signer = Optional.of(uploader);
      return this;
    }

    Said loggedBy(Instant time) {
      loggedBy = time;
      return this;
    }

    Said failed() {
      failed = true;
      return this;
    }

    Said inEnvironment(int other) {
      environment = other;
      return this;
    }

    Said fromSource(int other) {
      source = other;
      return this;
    }

    Said fromGit() {
      git = true;
      signer = signer.or(() -> Optional.of(who.certificate().fingerprint()));
      return this;
    }

    Said ofBinaries(Binaries other) {
      binaries = other;
      return this;
    }

    private GitSource inGit(PackageName name, PackageVersion version) {
      return new GitSource(
          name,
          version,
          new GitUrl("https://example.org/net-tools.git"),
          new GitTag("v" + source),
          new GitId("1".repeat(40)),
          new GitId("2".repeat(40)),
          List.of(),
          Sha256.of(numbered(3, source)));
    }

    /** By a compiler that was regenerated and came to these bits. */
    Said withStage(int other) {
      stage = Optional.of(stage(other));
      return this;
    }

    Said asNumber(long number) {
      sequence = number;
      return this;
    }

    Said inLog(String origin) {
      log = origin;
      return this;
    }

    World log() {
      List<BinaryArtifact> artifacts = new ArrayList<>(others);
      artifacts.add(artifact);
      Rebuild rebuild =
          new Rebuild(
              git
                  ? inGit(new PackageName("net-tools"), new PackageVersion("2.10-1"))
                  : new SourcePackage(
                      new PackageName("net-tools"),
                      new PackageVersion("2.10-1"),
                      Sha256.of(numbered(2, source))),
              signer,
              Optional.empty(),
              suite,
              new Architecture("amd64"),
              new Toolchain(
                  toolchain, Sha256.of((toolchain + definition).getBytes(StandardCharsets.UTF_8))),
              "",
              binaries,
              root,
              stage,
              new Platform("amd64", emulated, cpuVendor, "cpu", "linux", "6.1", "Debian 12"),
              Sha256.of(numbered(4, environment)),
              tool,
              sequence,
              who.certificate().fingerprint(),
              NOW,
              NOW,
              List.of());
      RebuildStatement statement =
          failed
              ? new RebuildFailure(rebuild, "build-failed")
              : new RebuildAttestation(rebuild, artifacts, Sha256.of(new byte[] {5}));
      logged.add(
          new LoggedRebuild(
              log, logged.size(), loggedBy, who, statement, Sha256.of(statement.toJson())));
      return World.this;
    }
  }

  /** All three operators say that the archive's file came out. */
  World agreed() {
    says("alpha-1").log();
    says("beta-1").log();
    says("gamma-1").log();
    return this;
  }

  /** The policy's own demands: so many of the rebuilders' operators, of so many kinds. */
  Demands demands() {
    return new Demands(new Quorum(Group.of(threshold, operators()), distinct), veto, minAge, also);
  }

  Set<String> operators() {
    Set<String> operators = new TreeSet<>();
    rebuilders.forEach(rebuilder -> operators.add(rebuilder.operator()));
    return operators;
  }

  /** Names so many reviewers that all but one of them must sign. */
  List<Fingerprint> reviewers(String... names) {
    List<Signatories.Signatory> people = new ArrayList<>();
    for (String name : names) {
      people.add(
          new Signatories.Signatory(name, CERTIFICATES.computeIfAbsent(name, World::certificate)));
    }
    reviewers = new Signatories(Optional.of(Group.of(names.length - 1, List.of(names))), people);
    return people.stream().map(person -> person.certificate().fingerprint()).toList();
  }

  UpdatePolicy policy() {
    try {
      List<LogSource> logs = new ArrayList<>();
      for (String origin : standings.keySet()) {
        SigningKey log = SigningKey.generate(origin, SignatureType.ED25519, RANDOM);
        logs.add(new LogSource(TrustedLog.of(log.verifierKey()), List.of()));
      }
      SigningKey witness = SigningKey.generate("w1", SignatureType.COSIGNATURE, RANDOM);
      return new UpdatePolicy(
          "test",
          serial,
          expires,
          maintainers,
          mode,
          logs,
          new WitnessQuorum(1, List.of(new Witness("w1", "delta", witness.verifierKey()))),
          rebuilders,
          source,
          demands(),
          rules,
          exemptions,
          reviewers,
          silent,
          Duration.ofDays(7),
          new TreeSet<>(protect));
    } catch (MalformedInputException e) {
      throw new IllegalStateException(e);
    }
  }

  Verdict judge(BinaryArtifact file) {
    return judge(file, NOW);
  }

  Verdict judge(BinaryArtifact file, Instant now) {
    return VerdictRules.judge(policy(), evidence(), file, now);
  }

  void assertAccepted() {
    assertThat(judge(archiveFile).reasons()).isEmpty();
  }

  /** For these reasons and no others. */
  void assertRefused(Reason.Rule... rules) {
    assertThat(judge(archiveFile).reasons())
        .extracting(Reason::rule)
        .containsExactlyInAnyOrder(rules);
  }

  Evidence evidence() {
    Evidence.Collector collector = new Evidence.Collector();
    collector.keep(kept);
    others.forEach(other -> other.accept(collector));
    logged.forEach(collector::add);
    standings.forEach((origin, how) -> collector.add(LogEvidence.of(origin, how)));
    return collector.evidence();
  }
}
