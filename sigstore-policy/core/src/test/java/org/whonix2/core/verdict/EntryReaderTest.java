package org.whonix2.core.verdict;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.whonix2.core.dsse.Envelope;
import org.whonix2.core.openpgp.SecretKey;
import org.whonix2.core.policy.Rebuilder;
import org.whonix2.core.policy.UpdatePolicy;
import org.whonix2.core.statement.RebuildAttestation;
import org.whonix2.core.statement.Statement;

/**
 * A vote is a valid signature by a rebuilder of the policy, over a statement of the right shape.
 */
class EntryReaderTest {
  private final SecretKey key;
  private final World world = new World();
  private final UpdatePolicy policy;
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
    policy = world.policy();
    attestation = world.says("alpha-1").log().logged.get(0).attestation();
  }

  private LogEvidence read(byte[]... entries) {
    EntryReader reader = new EntryReader(policy, World.LOG, World.NOW);
    for (byte[] entry : entries) {
      reader.accept(entry);
    }
    return reader.evidence(world.standing);
  }

  private byte[] signed(SecretKey by, String type, byte[] payload) throws Exception {
    return Envelope.sign(type, payload, by, World.NOW).toBytes();
  }

  private void assertUnread(byte[] entry, String why) {
    LogEvidence evidence = read(entry);
    assertThat(evidence.attestations()).isEmpty();
    assertThat(evidence.unread())
        .singleElement()
        .satisfies(unread -> assertThat(unread.why()).contains(why));
  }

  @Test
  void aSignedAttestationByARebuilderOfThePolicyIsEvidence() throws Exception {
    byte[] entry = signed(key, Statement.PAYLOAD_TYPE, attestation.toJson());
    LogEvidence evidence = read(new byte[] {'{'}, entry);
    assertThat(evidence.attestations())
        .singleElement()
        .satisfies(
            logged -> {
              assertThat(logged.attestation()).isEqualTo(attestation);
              assertThat(logged.rebuilder().name()).isEqualTo("alpha-1");
              assertThat(logged.index()).isEqualTo(1);
            });
    assertThat(evidence.unread()).extracting(LogEvidence.Unread::index).containsExactly(0L);
  }

  @Test
  void aKeyThePolicyDoesNotNameCountsNothing() throws Exception {
    SecretKey stranger =
        SecretKey.generate("stranger", World.NOW.minusSeconds(60), Duration.ofDays(30));
    assertUnread(signed(stranger, Statement.PAYLOAD_TYPE, attestation.toJson()), "");
  }

  @Test
  void everyChangedByteOfAnEntryCountsNothingOrTheSame() throws Exception {
    byte[] entry = signed(key, Statement.PAYLOAD_TYPE, attestation.toJson());
    for (int at = 0; at < entry.length; at++) {
      byte[] changed = entry.clone();
      changed[at] ^= 1;
      // Bytes of the envelope that were not signed, such as the key id, may change without harm.
      assertThat(read(changed).attestations())
          .as("byte %d", at)
          .allSatisfy(logged -> assertThat(logged.attestation()).isEqualTo(attestation));
    }
  }

  @Test
  void anotherShapeOrTypeCountsNothing() throws Exception {
    assertUnread(
        signed(key, Statement.PAYLOAD_TYPE, "{}".getBytes(StandardCharsets.UTF_8)), "_type");
    assertUnread(signed(key, "text/plain", attestation.toJson()), "payload type");
  }

  @Test
  void aKeyThatHasExpiredCountsNothing() throws Exception {
    byte[] entry = signed(key, Statement.PAYLOAD_TYPE, attestation.toJson());
    EntryReader later = new EntryReader(policy, World.LOG, World.NOW.plus(Duration.ofDays(31)));
    later.accept(entry);
    assertThat(later.evidence(world.standing).attestations()).isEmpty();
    assertThat(later.evidence(world.standing).unread()).hasSize(1);
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
    EntryReader reader = new EntryReader(world.policy(), World.LOG, World.NOW);
    reader.accept(signed(copier, Statement.PAYLOAD_TYPE, attestation.toJson()));
    reader.accept(signed(key, Statement.PAYLOAD_TYPE, attestation.toJson()));
    LogEvidence evidence = reader.evidence(world.standing);

    assertThat(evidence.attestations())
        .singleElement()
        .satisfies(logged -> assertThat(logged.rebuilder().operator()).isEqualTo("alpha"));
    assertThat(evidence.unread())
        .singleElement()
        .satisfies(unread -> assertThat(unread.why()).contains("by its signer"));
  }
}
