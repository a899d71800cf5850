package org.whonix2.update.attack;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.openpgp.Certificate;
import org.whonix2.core.openpgp.SecretKey;
import org.whonix2.core.statement.CertificateUpdate;

/** The archive serves a thief's file, and the thief has some of the other keys as well. */
class StolenKeysTest extends AttackTest {
  private static final String ONE_IS_ENOUGH = "quorum: {threshold: 1}";

  private Path evil = Path.of("");

  @BeforeEach
  void aFileThatNobodyElseRebuilt() throws Exception {
    evil = build("evil", "evil.deb");
    logBoth();
  }

  @Test
  void oneRebuildersKey() throws Exception {
    log.entries.add(attestation(0, 2, evil));
    edit(QUORUM, ONE_IS_ENOUGH);
    assertThat(sync()).isZero();
    accepts(evil);

    edit(ONE_IS_ENOUGH, QUORUM);
    assertThat(sync()).isZero();
    refuses(evil, 1, "1 of 2 operators");
    accepts(deb);
  }

  /** What others got from that source contradicts the thief, however many keys he has. */
  @Test
  void twoRebuildersKeysWhereTheThirdRebuiltToo() throws Exception {
    log.entries.addAll(List.of(attestation(0, 2, evil), attestation(1, 2, evil)));
    assertThat(sync()).isZero();
    accepts(evil);

    log.entries.add(mismatch(2, 1, evil));
    assertThat(sync()).isZero();
    refuses(evil, 1, "got other bits");
  }

  /** The thief says something newer than its owner ever will: that vote is lost, and no other. */
  @Test
  void oneRebuildersKeyToTakeItsVotesAway() throws Exception {
    log.entries.add(mismatch(0, Long.MAX_VALUE >> 12, deb));
    edit("veto: {operators: 1}", "veto: {operators: 2}");
    assertThat(sync()).isZero();
    refuses(deb, 1, "1 of 2 operators");
    log.entries.add(attestation(0, 3));
    assertThat(sync()).isZero();
    refuses(deb, 1, "1 of 2 operators");
    log.entries.add(attestation(2, 1));
    assertThat(sync()).isZero();
    accepts(deb);
  }

  @Test
  void theLogsKey() throws Exception {
    // The history of somebody who took beta's vote out and a stolen one in.
    log.entries = List.of(attestation(0, 2, evil), attestation(1, 2, evil));
    log.cosigners = List.of(log.w1);
    edit("witnesses:\n  threshold: 2", "witnesses:\n  threshold: 1");
    assertThat(sync()).isZero();
    accepts(evil);

    edit("witnesses:\n  threshold: 1", "witnesses:\n  threshold: 2");
    assertThat(sync()).isEqualTo(3);
    refuses(evil, 3, "expected cosignatures by 2 of ");
  }

  @Test
  void oneOperatorWithManyKeys() throws Exception {
    edit("name: beta-1, operator: beta", "name: beta-1, operator: other");
    log.entries.addAll(List.of(attestation(0, 2, evil), attestation(1, 2, evil)));
    assertThat(sync()).isZero();
    accepts(evil);

    edit("name: beta-1, operator: other", "name: beta-1, operator: alpha");
    assertThat(sync()).isZero();
    refuses(evil, 1, "1 of 2 operators");
  }

  @Test
  void equivocatingRebuilder() throws Exception {
    log.entries.add(attestation(0, 2, evil));
    log.entries.add(attestation(1, 2, evil));
    assertThat(sync()).as("where the other statement is not seen").isZero();
    accepts(evil);

    signedAt = signedAt.minusSeconds(60);
    log.entries.add(attestation(0, 2));
    assertThat(sync()).isZero();
    assertThat(err).contains("alpha-1 signed two different statements with sequence number 2");
    refuses(evil, 4, "alpha-1 signed two different statements");
  }

  @Test
  void backdatedSignatureOfAKeyThatWasGivenUp() throws Exception {
    backdated(Revoked.superseded(rebuilders.get(0)));
    // What stood in the log before the revocation counts as ever.
    edit(QUORUM, ONE_IS_ENOUGH);
    accepts(deb);
  }

  @Test
  void backdatedSignatureOfAKeyThatWasRevokedAsStolen() throws Exception {
    backdated(Revoked.compromised(rebuilders.get(0)));
    assertThat(verify(deb)).as("nothing by that key counts, whenever").isEqualTo(1);
    assertThat(out).contains("1 of 2 operators");
  }

  /** Alpha revokes its key; who stole it signs as if it were last week. Beta is a liar too. */
  private void backdated(Certificate revoked) throws Exception {
    byte[] revocation = signed(rebuilders.get(2), new CertificateUpdate(revoked));
    signedAt = Instant.now().minus(Duration.ofDays(7));
    byte[] stolen = attestation(0, 2, evil);
    byte[] lie = attestation(1, 2, evil);
    List<byte[]> honest = List.copyOf(log.entries);
    log.entries.addAll(List.of(stolen, lie));
    assertThat(sync()).isZero();
    accepts(evil);

    Files.move(state(), folder.resolve("of the canary"));
    log.entries = new ArrayList<>(honest);
    log.entries.addAll(List.of(revocation, stolen, lie));
    assertThat(sync()).isZero();
    refuses(evil, 1, "1 of 2 operators");
    assertThat(err).contains("entry 3, as if by alpha-1: primary key", " is revoked (key ");
  }

  /** The archive's key, with a source that the thief signed himself: rebuilders rebuild it. */
  @Test
  void aSourceByAnUnknownUploader() throws Exception {
    SecretKey known = uploader("known");
    SecretKey thief = uploader("thief");
    Path keyring = Files.write(folder.resolve("uploaders.pgp"), known.certificate().toBytes());
    uploader = Optional.of(thief.certificate().fingerprint());
    log.entries.addAll(List.of(attestation(0, 2, evil), attestation(1, 2, evil)));
    assertThat(sync()).isZero();
    accepts(evil);

    edit(
        QUORUM,
        "source: {signers: uploaders.pgp, sha256: %s}\n%s"
            .formatted(Sha256.of(Files.readAllBytes(keyring)), QUORUM));
    assertThat(sync()).isZero();
    refuses(evil, 1, "0 of 2 operators");
    assertThat(out)
        .contains(
            "its source is signed by "
                + thief.certificate().fingerprint()
                + ", who is not in the policy's keyring");
    refuses(deb, 1, "it does not say who signed the source, and the policy asks for it");
    uploader = Optional.of(known.certificate().fingerprint());
    log.entries.addAll(List.of(attestation(0, 3), attestation(1, 3)));
    assertThat(sync()).isZero();
    accepts(deb);
    refuses(evil, 1, "0 of 2 operators");
    // Nor does another keyring than the one that the owner pinned.
    Files.write(keyring, thief.certificate().toBytes());
    assertThat(sync()).isEqualTo(2);
    assertThat(err).contains("keyring uploaders.pgp: expected SHA-256 ");
    assertThat(verify(evil)).isEqualTo(2);
    assertThat(tickets().all()).isEmpty();
  }

  private static SecretKey uploader(String name) throws Exception {
    return SecretKey.generate(name, Instant.now().minus(Duration.ofDays(20)), Duration.ofDays(50));
  }
}
