package org.whonix2.core.openpgp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.whonix2.core.MalformedInputException;

/** Whose signature a keyring of the real gpg says it is, and when it counts. */
class SignerSearchTest {
  private static final Instant MADE = Instant.parse("2020-01-01T00:00:00Z");
  private static final Instant SIGNED = Instant.parse("2022-06-01T00:00:00Z");
  private static final Instant NOW = Instant.parse("2025-06-01T00:00:00Z");
  private static final byte[] TEXT = "Format: 3.0 (quilt)\n".getBytes(UTF_8);
  private static final byte[] NOTHING = new byte[0];

  private GnuPg gpg;

  @BeforeEach
  void home() throws Exception {
    gpg = new GnuPg();
  }

  @AfterEach
  void noHome() throws Exception {
    gpg.remove();
  }

  private String key(String name, String algorithm) throws Exception {
    String primary = gpg.primary(MADE, name, algorithm, "never");
    gpg.signingSubkey(MADE, primary, algorithm, "never");
    return primary;
  }

  private byte[] signed(Instant time, String key) throws Exception {
    return gpg.at(time, TEXT, "--local-user", key, "--clearsign");
  }

  private byte[] keyring() throws Exception {
    return gpg.at(NOW, NOTHING, "--export");
  }

  /** In the keyrings and in slim copies of them, which must give the same. */
  private static SignerSearch.Result search(byte[] document, byte[]... keyrings) throws Exception {
    byte[][] slim = new byte[keyrings.length][];
    for (int i = 0; i < keyrings.length; i++) {
      slim[i] = slim(keyrings[i]);
    }
    SignerSearch.Result result = searchOnly(document, keyrings);
    assertThat(searchOnly(document, slim)).as("in slim copies").isEqualTo(result);
    return result;
  }

  private static SignerSearch.Result searchOnly(byte[] document, byte[]... keyrings)
      throws Exception {
    SignerSearch search = new SignerSearch(SignedText.parse(document).signatures());
    for (byte[] keyring : keyrings) {
      search.in(new ByteArrayInputStream(keyring));
    }
    return search.result(NOW);
  }

  private static byte[] slim(byte[] keyring) throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    SlimKeyring.copy(new ByteArrayInputStream(keyring), out);
    return out.toByteArray();
  }

  @Test
  void aSlimKeyringHasOnlyWhatItsOwnersSigned() throws Exception {
    String alice = key("alice", "ed25519");
    byte[] alone = keyring();
    String bob = key("bob", "ed25519");
    gpg.at(MADE, NOTHING, "--local-user", bob, "--quick-sign-key", alice);
    byte[] signedByBob = gpg.at(NOW, NOTHING, "--export", alice);

    assertThat(signedByBob).hasSizeGreaterThan(alone.length);
    assertThat(slim(signedByBob)).isEqualTo(slim(alone)).isEqualTo(alone);
    assertThat(search(signed(SIGNED, alice), signedByBob).signedBy()).isPresent();
  }

  private static String reason(SignerSearch.Result result) {
    return result instanceof SignerSearch.Result.Nobody nobody ? nobody.reason() : "found";
  }

  @Test
  void theSignerIsNamedByItsPrimaryKey() throws Exception {
    key("somebody", "ed25519");
    String alice = key("alice", "ed25519");
    key("else", "rsa2048");

    Signer signer = search(signed(SIGNED, alice), keyring()).signedBy().orElseThrow();

    assertThat(signer.certificate()).isEqualTo(Fingerprint.parse(alice));
    assertThat(signer.signingKey()).isNotEqualTo(signer.certificate());
    assertThat(signer.claimedTime()).isEqualTo(SIGNED);
  }

  @Test
  void whoIsInNoKeyringIsNobody() throws Exception {
    String alice = key("alice", "ed25519");
    byte[] document = signed(SIGNED, alice);
    String bob = key("bob", "ed25519");

    byte[] others = gpg.at(NOW, NOTHING, "--export", bob);

    assertThat(reason(search(document, others))).contains("which is in no keyring");
    assertThat(reason(search(document))).contains("which is in no keyring");
  }

  @ParameterizedTest
  @CsvSource({"2021-01-01, false", "2022-05-31, false", "2022-06-02, true", "2024-01-01, true"})
  void whatAnExpiredKeySignedBeforeItsEndCounts(String end, boolean counts) throws Exception {
    String alice = key("alice", "ed25519");
    byte[] document = signed(SIGNED, alice);
    gpg.at(MADE.plusSeconds(10), NOTHING, "--quick-set-expire", alice, end);

    SignerSearch.Result result = search(document, keyring());

    assertThat(result.signedBy().isPresent()).isEqualTo(counts);
    if (!counts) {
      assertThat(reason(result)).contains("expired at " + end);
    }
  }

  @ParameterizedTest
  @CsvSource({
    // Reason, revoked on, whether what was signed on 2022-06-01 counts.
    "RETIRED, 2024-01-01, true",
    "SUPERSEDED, 2024-01-01, true",
    "RETIRED, 2022-01-01, false",
    "SUPERSEDED, 2022-01-01, false",
    "COMPROMISED, 2024-01-01, false",
    "NONE, 2024-01-01, false",
    "COMPROMISED, 2022-01-01, false",
  })
  void aRevocationCountsByItsReasonAndDate(GnuPg.Reason reason, String date, boolean counts)
      throws Exception {
    String alice = key("alice", "ed25519");
    byte[] document = signed(SIGNED, alice);
    gpg.revoke(Instant.parse(date + "T00:00:00Z"), alice, reason);

    assertThat(search(document, keyring()).signedBy().isPresent()).isEqualTo(counts);
  }

  @Test
  void aRevocationInAnyKeyringCounts() throws Exception {
    String alice = key("alice", "ed25519");
    byte[] document = signed(SIGNED, alice);
    byte[] before = keyring();
    gpg.revokeSubkey(NOW, alice, GnuPg.Reason.COMPROMISED);
    byte[] after = keyring();

    assertThat(search(document, before).signedBy()).isPresent();
    assertThat(reason(search(document, before, after))).contains("is revoked");
    assertThat(reason(search(document, after, before))).contains("is revoked");
  }

  @Test
  void theFutureIsNotBelieved() throws Exception {
    String alice = key("alice", "ed25519");
    byte[] document = signed(NOW.plusSeconds(3600), alice);

    assertThat(reason(search(document, keyring()))).contains("dated in the future");
  }

  @Test
  void anAlgorithmThatWeDoNotKnowIsNobodys() throws Exception {
    String dave = gpg.primary(MADE, "dave", "dsa2048", "never");
    gpg.signingSubkey(MADE, dave, "dsa2048", "never");

    assertThat(reason(search(signed(SIGNED, dave), keyring()))).contains("algorithm 17");
  }

  @Test
  void oneUnreadableCertificateDisturbsNoOther() throws Exception {
    String mallory = key("mallory", "ed25519");
    String alice = key("alice", "ed25519");
    byte[] document = signed(SIGNED, alice);
    byte[] unreadable = broken(gpg.at(NOW, NOTHING, "--export", mallory));
    byte[] good = gpg.at(NOW, NOTHING, "--export", alice);

    assertThat(search(document, join(unreadable, good, unreadable)).signedBy()).isPresent();
    assertThat(reason(search(signed(SIGNED, mallory), join(good, unreadable, good))))
        .contains("a certificate cannot be read")
        .contains("tag 60");
  }

  /** With a packet in it that no certificate has. */
  private static byte[] broken(byte[] certificate) throws Exception {
    List<Packet> packets = new ArrayList<>(Packet.readAll(certificate));
    packets.add(1, new Packet(60, new byte[] {1}));
    return Packet.write(packets);
  }

  @Test
  void aCertificateMayBeFullOfOtherPeoplesSignatures() throws Exception {
    String alice = key("alice", "ed25519");
    byte[] document = signed(SIGNED, alice);
    List<Packet> packets = new ArrayList<>(Packet.readAll(keyring()));
    Packet foreign = Packet.readAll(gpg.sign(SIGNED, key("bob", "rsa2048"), TEXT)).get(0);
    for (int i = 0; i < 1_000; i++) {
      packets.add(3, foreign);
    }
    byte[] large = Packet.write(packets);

    assertThat(large.length).isGreaterThan(4 * Certificate.MAX_BYTES);
    assertThat(search(document, large).signedBy()).isPresent();
    for (int i = 0; i < 15_000; i++) {
      packets.add(foreign);
    }
    byte[] tooLarge = Packet.write(packets);
    assertThat(reason(searchOnly(document, tooLarge))).contains("too long");
    assertThat(searchOnly(document, slim(tooLarge)).signedBy()).isPresent();
  }

  /** Anybody can make a revocation that long, by its unhashed part. */
  @Test
  void aPacketTooLongToReadSpeaksAgainstItsCertificateInTheCopyToo() throws Exception {
    String alice = key("alice", "ed25519");
    byte[] document = signed(SIGNED, alice);
    byte[] keyring = keyring();
    byte[] tooLong = new byte[5 + (1 << 16)];
    // A signature packet with a length of four octets.
    System.arraycopy(new byte[] {(byte) 0x8a, 0, 1, 0, 0}, 0, tooLong, 0, 5);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(keyring);
    out.writeBytes(tooLong);

    assertThat(search(document, keyring).signedBy()).isPresent();
    assertThat(reason(searchOnly(document, out.toByteArray()))).contains("too long");
    assertThat(reason(searchOnly(document, slim(out.toByteArray())))).contains("in no keyring");
  }

  @Test
  void aKeyringCutOffIsRefused() throws Exception {
    byte[] document = signed(SIGNED, key("alice", "ed25519"));
    byte[] keyring = keyring();
    byte[] cut = java.util.Arrays.copyOf(keyring, keyring.length - 1);

    assertThatThrownBy(() -> search(document, cut))
        .isInstanceOf(MalformedInputException.class)
        .hasMessageContaining("end of the keyring");
  }

  @Test
  void secretKeysAreRefused() throws Exception {
    String alice = key("alice", "ed25519");
    byte[] secret = gpg.at(NOW, NOTHING, "--export-secret-keys", alice);

    assertThatThrownBy(() -> search(signed(SIGNED, alice), secret))
        .isInstanceOf(MalformedInputException.class)
        .hasMessageContaining("secret key");
  }

  @Test
  void bytesAsTheyAreAreSignedToo() throws Exception {
    String alice = key("alice", "ed25519");
    byte[] armored = gpg.sign(SIGNED, alice, TEXT, "--armor");
    SignerSearch good = new SignerSearch(List.of(SignedDocument.ofBytes(armored, TEXT)));
    SignerSearch bad = new SignerSearch(List.of(SignedDocument.ofBytes(armored, NOTHING)));

    good.in(new ByteArrayInputStream(keyring()));
    bad.in(new ByteArrayInputStream(keyring()));

    assertThat(good.result(NOW).signedBy()).isPresent();
    assertThat(bad.result(NOW).signedBy()).isEmpty();
  }

  private static byte[] join(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }
}
