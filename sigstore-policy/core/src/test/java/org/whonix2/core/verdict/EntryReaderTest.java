package org.whonix2.core.verdict;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.whonix2.core.artifact.Architecture;
import org.whonix2.core.artifact.BinaryArtifact;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.dsse.Envelope;
import org.whonix2.core.log.WitnessedTimes;
import org.whonix2.core.openpgp.Certificate;
import org.whonix2.core.openpgp.Fingerprint;
import org.whonix2.core.openpgp.RevokedByGnuPg;
import org.whonix2.core.openpgp.SecretKey;
import org.whonix2.core.policy.Rebuilder;
import org.whonix2.core.policy.Signatories;
import org.whonix2.core.quorum.Group;
import org.whonix2.core.statement.CertificateUpdate;
import org.whonix2.core.statement.CompilerBootstrap;
import org.whonix2.core.statement.Exemption;
import org.whonix2.core.statement.MemberName;
import org.whonix2.core.statement.Platform;
import org.whonix2.core.statement.PolicyRelease;
import org.whonix2.core.statement.RebuildAttestation;
import org.whonix2.core.statement.RebuildFailure;
import org.whonix2.core.statement.RosterChange;
import org.whonix2.core.statement.SnapshotHeader;
import org.whonix2.core.statement.Statement;
import org.whonix2.core.statement.Toolchain;
import org.whonix2.core.statement.VetoOverride;

/**
 * A vote is a valid signature by a rebuilder of the policy, over a statement of the right shape.
 */
class EntryReaderTest {
  private final SecretKey key;
  private final World world = new World();
  private WitnessedTimes times = WitnessedTimes.none();
  private final RebuildAttestation attestation;

  EntryReaderTest() throws Exception {
    key = SecretKey.generate("alpha", World.NOW.minusSeconds(60), Duration.ofDays(30));
    Rebuilder template = world.rebuilders.get(0);
    world.rebuilders.set(
        0,
        new Rebuilder(
            template.name(),
            template.operator(),
            template.jurisdiction(),
            key.certificate(),
            template.tool(),
            template.platform(),
            template.compilerRoots()));
    attestation = (RebuildAttestation) world.says("alpha-1").log().logged.get(0).statement();
  }

  private Evidence read(byte[]... entries) {
    return read(World.NOW, entries);
  }

  private Evidence read(Instant now, byte[]... entries) {
    Evidence.Collector collector = new Evidence.Collector();
    PolicyKeys keys = new PolicyKeys(world.policy());
    PolicyKeys.Lesson lesson = keys.learn(World.LOG);
    List.of(entries).forEach(lesson::accept);
    EntryReader reader = new EntryReader(world.policy(), keys, World.LOG, times, now, collector);
    for (byte[] entry : entries) {
      reader.accept(entry);
    }
    reader.end(World.followed(World.NOW));
    return collector.evidence();
  }

  private byte[] signed(SecretKey by, String type, byte[] payload) throws Exception {
    return Envelope.sign(type, payload, by, World.NOW).toBytes();
  }

  private void assertUnread(byte[] entry, String why) {
    Evidence evidence = read(entry);
    assertThat(evidence.current()).isEmpty();
    LogEvidence log = evidence.logs().get(0);
    assertThat(log.unread()).isEqualTo(1);
    assertThat(log.ofRebuilders())
        .singleElement()
        .satisfies(unread -> assertThat(unread.why()).contains(why));
  }

  @Test
  void aSignedAttestationByARebuilderOfThePolicyIsEvidence() throws Exception {
    byte[] entry = signed(key, Statement.PAYLOAD_TYPE, attestation.toJson());
    Evidence evidence = read(new byte[] {'{'}, entry);
    assertThat(evidence.current())
        .singleElement()
        .satisfies(
            logged -> {
              assertThat(logged.statement()).isEqualTo(attestation);
              assertThat(logged.rebuilder().name()).isEqualTo("alpha-1");
              assertThat(logged.index()).isEqualTo(1);
            });
    assertThat(evidence.logs().get(0).unread()).isEqualTo(1);
  }

  @Test
  void aKeyThePolicyDoesNotNameCountsNothing() throws Exception {
    SecretKey stranger =
        SecretKey.generate("stranger", World.NOW.minusSeconds(60), Duration.ofDays(30));
    Evidence evidence = read(signed(stranger, Statement.PAYLOAD_TYPE, attestation.toJson()));
    assertThat(evidence.current()).isEmpty();
    assertThat(evidence.logs().get(0).unread()).isEqualTo(1);
    assertThat(evidence.logs().get(0).ofRebuilders()).isEmpty();
  }

  @Test
  void everyChangedByteOfWhatWasSignedCountsNothing() throws Exception {
    byte[] entry = signed(key, Statement.PAYLOAD_TYPE, attestation.toJson());
    int harmless = 0;
    for (int at = 0; at < entry.length; at++) {
      byte[] changed = entry.clone();
      changed[at] ^= 1;
      for (LoggedRebuild counted : read(changed).current()) {
        assertThat(counted.statement()).as("byte %d", at).isEqualTo(attestation);
        harmless++;
      }
    }
    // The header octet of the signature packet has a second form; the key id is matched exactly.
    assertThat(harmless).isLessThan(5);
  }

  /** The log never forgets: one entry, however it was signed, must not end every verdict. */
  @Test
  void noSignedPayloadStopsTheReading() throws Exception {
    byte[] good = signed(key, Statement.PAYLOAD_TYPE, attestation.toJson());
    String json = new String(attestation.toJson(), StandardCharsets.UTF_8);
    List<String> hostile =
        List.of(
            json.replace("&distro=bookworm", ""),
            json.replace("?arch=source&distro=bookworm", "?arch=source&distro="),
            json.replace("arch=amd64", "arch="),
            json.replace("pkg:deb/debian/", "pkg:deb/"),
            json.replace("\"sequence\":1", "\"sequence\":9007199254740993"),
            "[".repeat(5_000),
            "null");
    for (String payload : hostile) {
      byte[] entry = signed(key, Statement.PAYLOAD_TYPE, payload.getBytes(StandardCharsets.UTF_8));
      Evidence evidence = read(entry, good);
      assertThat(evidence.current()).hasSize(1);
      assertThat(evidence.logs().get(0).ofRebuilders())
          .singleElement()
          .satisfies(unread -> assertThat(unread.why()).doesNotContain("reading it failed"));
    }
  }

  @Test
  void anotherShapeOrTypeCountsNothing() throws Exception {
    assertUnread(
        signed(key, Statement.PAYLOAD_TYPE, "{}".getBytes(StandardCharsets.UTF_8)), "_type");
    assertUnread(signed(key, "text/plain", attestation.toJson()), "payload type");
  }

  @Test
  void aStatementBySomebodyWhoseWordItIsNotCountsNothing() throws Exception {
    Statement exemption =
        new Exemption(
            attestation.buildinfo(), World.file("a1", 1).identity(), "a reason", World.NOW);
    Statement override =
        new VetoOverride(
            attestation.buildinfo(),
            attestation.rebuilder(),
            attestation.buildinfo(),
            "a reason",
            World.NOW);
    Statement release = new PolicyRelease("test", 2, attestation.buildinfo(), 1);
    assertUnread(signed(key, Statement.PAYLOAD_TYPE, exemption.toJson()), "word of a reviewer");
    assertUnread(signed(key, Statement.PAYLOAD_TYPE, override.toJson()), "word of a reviewer");
    assertUnread(signed(key, Statement.PAYLOAD_TYPE, release.toJson()), "word of a maintainer");
  }

  @Test
  void aFailureIsReadAndStandsForItsRebuild() throws Exception {
    Statement failure = new RebuildFailure(attestation.rebuild(), "timeout");
    Evidence evidence = read(signed(key, Statement.PAYLOAD_TYPE, failure.toJson()));
    assertThat(evidence.logs().get(0).unread()).isZero();
    assertThat(evidence.failures(attestation.rebuildId()))
        .singleElement()
        .satisfies(logged -> assertThat(logged.statement()).isEqualTo(failure));
  }

  @Test
  void aKeyThatHasExpiredCountsNothing() throws Exception {
    byte[] entry = signed(key, Statement.PAYLOAD_TYPE, attestation.toJson());
    Evidence later = read(World.NOW.plus(Duration.ofDays(31)), entry);
    assertThat(later.current()).isEmpty();
    assertThat(later.logs().get(0).ofRebuilders())
        .singleElement()
        .satisfies(unread -> assertThat(unread.toString()).contains("alpha-1").contains("expired"));
  }

  @Test
  void aCopyUnderAnothersKeyNeitherCountsNorPushesOutWhatItCopies() throws Exception {
    SecretKey copier = SecretKey.generate("beta", World.NOW.minusSeconds(60), Duration.ofDays(30));
    Rebuilder beta = world.rebuilders.get(1);
    world.rebuilders.set(
        1,
        new Rebuilder(
            beta.name(),
            beta.operator(),
            beta.jurisdiction(),
            copier.certificate(),
            beta.tool(),
            beta.platform(),
            beta.compilerRoots()));
    Evidence evidence =
        read(
            signed(copier, Statement.PAYLOAD_TYPE, attestation.toJson()),
            signed(key, Statement.PAYLOAD_TYPE, attestation.toJson()));

    assertThat(evidence.current())
        .singleElement()
        .satisfies(logged -> assertThat(logged.rebuilder().operator()).isEqualTo("alpha"));
    assertThat(evidence.logs().get(0).ofRebuilders())
        .singleElement()
        .satisfies(unread -> assertThat(unread.why()).contains("by its signer"));
  }

  /** An update that says of the key what its owner made of its certificate. */
  private byte[] update(Certificate changed) throws Exception {
    SecretKey anybody =
        SecretKey.generate("anybody", World.NOW.minusSeconds(60), Duration.ofDays(30));
    return signed(anybody, Statement.PAYLOAD_TYPE, new CertificateUpdate(changed).toJson());
  }

  @Test
  void aSoftRevocationVoidsWhatStandsBehindItInTheLogAndNothingBefore() throws Exception {
    byte[] entry = signed(key, Statement.PAYLOAD_TYPE, attestation.toJson());
    byte[] revocation = update(RevokedByGnuPg.superseded(key, World.NOW));
    assertThat(read(entry, revocation).current()).hasSize(1);
    assertThat(read(revocation, entry).current()).isEmpty();
  }

  @Test
  void aHardRevocationVoidsEverythingWhereverItStands() throws Exception {
    byte[] entry = signed(key, Statement.PAYLOAD_TYPE, attestation.toJson());
    byte[] revocation = update(RevokedByGnuPg.compromised(key, World.NOW));
    assertThat(read(entry).current()).hasSize(1);
    assertThat(read(entry, revocation).current()).isEmpty();
    assertThat(read(revocation, entry).current()).isEmpty();
  }

  @Test
  void aRevocationInAnotherLogVoidsEverythingUnlessItStandsInThisOneToo() throws Exception {
    byte[] entry = signed(key, Statement.PAYLOAD_TYPE, attestation.toJson());
    byte[] soft = update(RevokedByGnuPg.superseded(key, World.NOW));
    byte[] hard = update(RevokedByGnuPg.compromised(key, World.NOW));
    assertThat(readBeside(soft, entry).current()).isEmpty();
    assertThat(readBeside(soft, entry, soft).current()).hasSize(1);
    assertThat(readBeside(soft, soft, entry).current()).isEmpty();
    assertThat(readBeside(hard, entry, hard).current()).isEmpty();
    assertThat(readBeside(update(key.certificate()), entry).current()).hasSize(1);
  }

  /** Reads a log of these entries; what another log has is learned only. */
  private Evidence readBeside(byte[] elsewhere, byte[]... entries) {
    Evidence.Collector collector = new Evidence.Collector();
    PolicyKeys keys = new PolicyKeys(world.policy());
    keys.learn("other.example.org").accept(elsewhere);
    PolicyKeys.Lesson lesson = keys.learn(World.LOG);
    List.of(entries).forEach(lesson::accept);
    EntryReader reader =
        new EntryReader(world.policy(), keys, World.LOG, times, World.NOW, collector);
    List.of(entries).forEach(reader::accept);
    return collector.evidence();
  }

  /** Whoever gets an entry in first must not hide what he copied. */
  @Test
  void aRevocationUnderAnothersNameDoesNotHideTheRevocation() throws Exception {
    Certificate revoked = RevokedByGnuPg.compromised(key, World.NOW);
    String genuine = new String(new CertificateUpdate(revoked).toJson(), StandardCharsets.UTF_8);
    String other = world.rebuilders.get(1).certificate().fingerprint().toString();
    byte[] decoy =
        genuine
            .replace(key.certificate().fingerprint().toString(), other)
            .getBytes(StandardCharsets.UTF_8);
    byte[] entry = signed(key, Statement.PAYLOAD_TYPE, attestation.toJson());
    assertThat(read(signed(key, Statement.PAYLOAD_TYPE, decoy), update(revoked), entry).current())
        .isEmpty();
  }

  @Test
  void copiesOfAPublicCertificateCostNothing() throws Exception {
    byte[] update = update(key.certificate());
    byte[][] entries = new byte[20_001][];
    Arrays.fill(entries, update);
    entries[20_000] = signed(key, Statement.PAYLOAD_TYPE, attestation.toJson());
    assertThat(read(entries).current()).hasSize(1);
  }

  @Test
  void anExpiredKeysEntryCountsWhereItStoodInTheLogInTime() throws Exception {
    byte[] entry = signed(key, Statement.PAYLOAD_TYPE, attestation.toJson());
    Instant later = World.NOW.plus(Duration.ofDays(31));
    assertThat(read(later, entry).current()).isEmpty();
    times = times.with(1, World.NOW.plusSeconds(5));
    assertThat(read(later, entry).current())
        .singleElement()
        .satisfies(logged -> assertThat(logged.loggedBy()).isEqualTo(World.NOW.plusSeconds(5)));
  }

  @Test
  void reviewersAndMaintainersWordsAreReadUnderTheirOwnKeys() throws Exception {
    SecretKey person = SecretKey.generate("m1", World.NOW.minusSeconds(60), Duration.ofDays(30));
    Signatories people =
        new Signatories(
            Optional.of(Group.of(1, List.of("m1"))),
            List.of(new Signatories.Signatory("m1", person.certificate())));
    world.reviewers = people;
    world.maintainers = people;
    Instant until = World.NOW.plusSeconds(60);
    PolicyRelease release = new PolicyRelease("test", 2, attestation.buildinfo(), 1);
    BinaryArtifact file = World.file("hostname", 7);
    Evidence evidence =
        read(
            signed(person, Statement.PAYLOAD_TYPE, release.toJson()),
            signed(
                person,
                Statement.PAYLOAD_TYPE,
                new Exemption(file.digest(), file.identity(), "seen", until).toJson()),
            signed(
                person,
                Statement.PAYLOAD_TYPE,
                new VetoOverride(
                        file.digest(),
                        attestation.rebuilder(),
                        attestation.buildinfo(),
                        "seen",
                        until)
                    .toJson()),
            signed(person, Statement.PAYLOAD_TYPE, attestation.toJson()));
    assertThat(evidence.endorsers(release)).containsExactly(person.certificate().fingerprint());
    assertThat(evidence.endorsers(new PolicyRelease("test", 3, attestation.buildinfo(), 1)))
        .isEmpty();
    assertThat(evidence.exempted())
        .containsExactly(new Evidence.Exempted(file.digest(), file.identity()));
    assertThat(VerdictRules.judge(world.policy(), evidence, file, World.NOW).accepted()).isTrue();
    assertThat(evidence.logs().get(0).unread()).isEqualTo(1);
  }

  /** Whoever runs a log decides what it takes, not what counts; his key may be one we know. */
  @Test
  void aRosterChangeChangesNothingForABox() throws Exception {
    byte[] vote = signed(key, Statement.PAYLOAD_TYPE, attestation.toJson());
    RosterChange.Change dismissal =
        new RosterChange.Dismiss(
            key.certificate().fingerprint(), Sha256.of(key.certificate().toBytes()));
    RosterChange.Change admission = new RosterChange.Admit(key.certificate());
    MemberName member = new MemberName("alpha-1");
    Evidence evidence =
        read(
            signed(
                key,
                Statement.PAYLOAD_TYPE,
                new RosterChange(World.LOG, 1, member, dismissal).toJson()),
            vote,
            signed(
                key,
                Statement.PAYLOAD_TYPE,
                new RosterChange(World.LOG, 1, member, admission).toJson()));
    assertThat(evidence.current()).hasSize(1);
    assertThat(evidence.equivocations()).isEmpty();
    assertThat(evidence.logs().get(0).unread()).isZero();
  }

  @Test
  void aSnapshotIsReadUnderItsMakersKeyOnly() throws Exception {
    Fingerprint maker = key.certificate().fingerprint();
    byte[] own = signed(key, Statement.PAYLOAD_TYPE, snapshot(maker).toJson());
    assertThat(read(own).newestSnapshot(maker)).contains(World.NOW);
    Fingerprint other = world.rebuilders.get(1).certificate().fingerprint();
    assertUnread(signed(key, Statement.PAYLOAD_TYPE, snapshot(other).toJson()), "by its signer");
  }

  @Test
  void aCompilerBootstrapIsReadUnderItsMakersKeyAndIsNoVote() throws Exception {
    Evidence evidence =
        read(signed(key, Statement.PAYLOAD_TYPE, bootstrap(key.certificate(), 7).toJson()));
    assertThat(evidence.logs().get(0).unread()).isZero();
    assertThat(evidence.current()).isEmpty();
    assertThat(evidence.artifacts()).isEmpty();
    assertThat(evidence.equivocations()).isEmpty();
    Certificate other = world.rebuilders.get(1).certificate();
    assertUnread(
        signed(key, Statement.PAYLOAD_TYPE, bootstrap(other, 7).toJson()), "by its signer");
  }

  @Test
  void aCompilerBootstrapOfAKeyThePolicyDoesNotNameCountsNothing() throws Exception {
    SecretKey stranger =
        SecretKey.generate("stranger", World.NOW.minusSeconds(60), Duration.ofDays(30));
    Evidence evidence =
        read(
            signed(
                stranger, Statement.PAYLOAD_TYPE, bootstrap(stranger.certificate(), 7).toJson()));
    assertThat(evidence.logs().get(0).unread()).isEqualTo(1);
  }

  /** A rebuilder has one row of numbers, whatever he builds. */
  @Test
  void aBootstrapAndARebuildUnderOneNumberSetTheKeyAside() throws Exception {
    byte[] rebuild = signed(key, Statement.PAYLOAD_TYPE, attestation.toJson());
    long sequence = attestation.sequence();
    byte[] same =
        signed(key, Statement.PAYLOAD_TYPE, bootstrap(key.certificate(), sequence).toJson());
    byte[] next =
        signed(key, Statement.PAYLOAD_TYPE, bootstrap(key.certificate(), sequence + 1).toJson());

    Evidence honest = read(rebuild, next, next);
    assertThat(honest.equivocations()).isEmpty();
    assertThat(honest.isSetAside(honest.current().get(0))).isFalse();
    for (Evidence twice : List.of(read(rebuild, same), read(same, rebuild))) {
      assertThat(twice.equivocations())
          .singleElement()
          .satisfies(
              found ->
                  assertThat(found)
                      .hasToString(
                          "alpha-1 signed two different statements with sequence number "
                              + sequence
                              + " (entry 0 of "
                              + World.LOG
                              + ", entry 1 of "
                              + World.LOG
                              + ")"));
      assertThat(twice.isSetAside(twice.current().get(0))).isTrue();
    }
  }

  /** The published example, said by this key under this number. */
  private static CompilerBootstrap bootstrap(Certificate maker, long sequence) throws Exception {
    try (InputStream in =
        EntryReaderTest.class.getResourceAsStream("/examples/compiler-bootstrap.json")) {
      String json = new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
      CompilerBootstrap example =
          (CompilerBootstrap)
              Statement.parse(
                  Statement.PAYLOAD_TYPE,
                  json.replace(
                          "0123456789abcdef0123456789abcdef01234567",
                          maker.fingerprint().toString())
                      .replace("\"sequence\":9", "\"sequence\":" + sequence)
                      .replace(
                          maker.fingerprint() + "/9\"", maker.fingerprint() + "/" + sequence + "\"")
                      .getBytes(StandardCharsets.UTF_8));
      assertThat(example.rebuilder()).isEqualTo(maker.fingerprint());
      assertThat(example.sequence()).isEqualTo(sequence);
      return example;
    }
  }

  private static SnapshotHeader snapshot(Fingerprint maker) {
    return new SnapshotHeader(
        maker,
        "bookworm",
        new Architecture("amd64"),
        new Toolchain("gcc-12", Sha256.of(new byte[] {3})),
        "gcc",
        new Platform("amd64", false, "AMD", "cpu", "linux", "6.1", "Debian 12"),
        "whonix2-rebuilder",
        1,
        Optional.empty(),
        Sha256.of(new byte[] {1}),
        0,
        Sha256.of(new byte[] {2}),
        World.NOW);
  }
}
