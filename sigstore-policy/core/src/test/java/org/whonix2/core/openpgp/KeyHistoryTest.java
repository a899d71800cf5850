package org.whonix2.core.openpgp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.ByteArrayOutputStream;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.bcpg.SignatureSubpacket;
import org.bouncycastle.bcpg.sig.EmbeddedSignature;
import org.bouncycastle.bcpg.sig.KeyExpirationTime;
import org.bouncycastle.bcpg.sig.KeyFlags;
import org.bouncycastle.bcpg.sig.RevocationReason;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.openpgp.SignatureResult.Bad;
import org.whonix2.core.openpgp.SignatureResult.Good;

/** The log's order, with certificates whose every statement the test chooses. */
class KeyHistoryTest {
  private static final byte[] MESSAGE = "message".getBytes(UTF_8);
  private static final Instant MADE = Instant.parse("2026-01-01T00:00:00Z");
  private static final Instant SIGNED = Instant.parse("2026-02-01T00:00:00Z");
  private static final Instant LOGGED = Instant.parse("2026-06-01T00:00:00Z");
  private static final int COMPROMISED = 2;
  private static final int RETIRED = 3;

  private final SigningKey primary = SigningKey.generate(MADE, new SecureRandom());
  private final SigningKey subkey = SigningKey.generate(MADE, new SecureRandom());
  private final byte[] signature =
      SigningKey.framed(subkey.sign(Signature.BINARY_DOCUMENT, SIGNED, List.of(), MESSAGE));

  private SignatureResult at(KeyHistory history, long index) {
    return history.verify(signature, MESSAGE, index, LOGGED);
  }

  /** Pinned: a subkey that signs for a year. */
  private Certificate pinned() throws Exception {
    return certificate(named("pinned"), bound(MADE, Duration.ofDays(365)));
  }

  @Test
  void entriesOfALivingKeyCountEverywhere() throws Exception {
    KeyHistory history = KeyHistory.of(pinned());

    assertThat(history.fingerprint()).isEqualTo(primary.key().fingerprint());
    for (long index : new long[] {0, 1, Long.MAX_VALUE}) {
      assertThat(at(history, index)).isEqualTo(new Good(subkey.key().fingerprint(), SIGNED));
    }
    assertThatIllegalArgumentException().isThrownBy(() -> at(history, -1));
    assertThatIllegalArgumentException().isThrownBy(() -> history.updated(-1, pinned()));
  }

  @Test
  void softRevocationsEndAKeyAtTheirIndex() throws Exception {
    for (List<Packet> soft : List.of(revoked(RETIRED), subkeyRevoked(RETIRED))) {
      KeyHistory history = KeyHistory.of(pinned()).updated(10, certificate(soft));

      assertThat(at(history, 0)).isInstanceOf(Good.class);
      assertThat(at(history, 10)).isInstanceOf(Good.class);
      refused(at(history, 11), "is revoked (key retired) since log index 10");
      // Seen again, earlier or later: the earliest counts.
      assertThat(history.updated(12, certificate(soft))).isEqualTo(history);
      refused(at(history.updated(4, certificate(soft)), 5), "since log index 4");
    }
  }

  @Test
  void hardRevocationsVoidEverything() throws Exception {
    for (int reason : new int[] {-1, 0, COMPROMISED, 4, 31, 33, 100, 255}) {
      for (List<Packet> hard : List.of(revoked(reason), subkeyRevoked(reason))) {
        KeyHistory history = KeyHistory.of(pinned()).updated(10, certificate(hard));

        refused(at(history, 0), "is revoked (");
        refused(at(history, 11), "is revoked (");
      }
    }
    KeyHistory both =
        KeyHistory.of(pinned())
            .updated(10, certificate(revoked(RETIRED)))
            .updated(20, certificate(revoked(COMPROMISED)));
    refused(at(both, 0), "is revoked (key material compromised)");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, RETIRED, 32})
  void aSoftRevocationInThePinnedCertificateVoidsEverything(int reason) throws Exception {
    Certificate pinned =
        certificate(named("a"), bound(MADE, Duration.ofDays(365)), subkeyRevoked(reason));

    refused(at(KeyHistory.of(pinned), 0), "subkey", "is revoked");
    // Nor does an update that brings it once more say when it began.
    refused(at(KeyHistory.of(pinned).updated(10, pinned), 0), "subkey", "is revoked");
    assertThat(pinned.verify(signature, MESSAGE, LOGGED)).isInstanceOf(Bad.class);
  }

  @Test
  void aRenewalCountsForWhatWasSignedBefore() throws Exception {
    KeyHistory brief = KeyHistory.of(certificate(named("a"), bound(MADE, Duration.ofDays(60))));
    refused(at(brief, 5), "expired at 2026-03-02T00:00:00Z");
    assertThat(brief.verify(signature, MESSAGE, 5, SIGNED)).isInstanceOf(Good.class);

    Instant afterLogged = LOGGED.plus(Duration.ofDays(30));
    KeyHistory renewed = brief.updated(8, certificate(bound(afterLogged, Duration.ofDays(365))));
    assertThat(at(renewed, 5)).isInstanceOf(Good.class);
    assertThat(at(renewed, 9)).isInstanceOf(Good.class);
    refused(renewed.verify(signature, MESSAGE, 9, MADE.plus(Duration.ofDays(365))), "expired at");

    KeyHistory shortened =
        renewed.updated(9, certificate(bound(afterLogged.plusSeconds(1), Duration.ofDays(60))));
    refused(at(shortened, 5), "expired at 2026-03-02T00:00:00Z");
  }

  /** Nobody knows when it was logged; it was none too early for the key at least. */
  @Test
  void aKeyThatHasExpiredSinceCanHaveSignedBefore() throws Exception {
    KeyHistory brief = KeyHistory.of(certificate(named("a"), bound(MADE, Duration.ofDays(60))));
    refused(at(brief, 5), "expired at 2026-03-02T00:00:00Z");
    assertThat(brief.verifyAtSomeTime(signature, MESSAGE, 5, LOGGED)).isInstanceOf(Good.class);
    refused(
        brief.verifyAtSomeTime(signature, MESSAGE, 5, SIGNED.minus(Duration.ofDays(1))),
        "is dated in the future");
    byte[] afterTheEnd =
        SigningKey.framed(subkey.sign(Signature.BINARY_DOCUMENT, LOGGED, List.of(), MESSAGE));
    refused(brief.verifyAtSomeTime(afterTheEnd, MESSAGE, 5, LOGGED), "expired at");
    KeyHistory retired = brief.updated(10, certificate(revoked(RETIRED)));
    assertThat(retired.verifyAtSomeTime(signature, MESSAGE, 10, LOGGED)).isInstanceOf(Good.class);
    refused(retired.verifyAtSomeTime(signature, MESSAGE, 11, LOGGED), "is revoked (key retired)");
  }

  @Test
  void theClaimedTimeDecidesNothing() throws Exception {
    KeyHistory retired = KeyHistory.of(pinned()).updated(10, certificate(revoked(RETIRED)));
    for (Instant claimed : List.of(MADE, SIGNED, LOGGED, LOGGED.plus(Signature.CLOCK_SKEW))) {
      byte[] dated =
          SigningKey.framed(subkey.sign(Signature.BINARY_DOCUMENT, claimed, List.of(), MESSAGE));
      assertThat(retired.verify(dated, MESSAGE, 10, LOGGED)).isInstanceOf(Good.class);
      refused(retired.verify(dated, MESSAGE, 11, LOGGED), "is revoked (key retired)");
    }
    for (Instant impossible :
        List.of(MADE.minusSeconds(1), LOGGED.plus(Signature.CLOCK_SKEW).plusSeconds(1))) {
      byte[] dated =
          SigningKey.framed(subkey.sign(Signature.BINARY_DOCUMENT, impossible, List.of(), MESSAGE));
      refused(retired.verify(dated, MESSAGE, 10, LOGGED), "the signature is dated");
    }
  }

  @Test
  void aUserIdTakenBackEndsItsSelfSignaturesAtItsIndex() throws Exception {
    List<Packet> takenBack = named("pinned", revocation(Signature.CERTIFICATION_REVOCATION, 32));
    KeyHistory history = KeyHistory.of(pinned()).updated(10, certificate(takenBack));
    assertThat(at(history, 10)).isInstanceOf(Good.class);
    refused(at(history, 11), "the self-signature of primary key", "is revoked");

    KeyHistory other = history.updated(12, certificate(named("another")));
    assertThat(at(other, 11)).isInstanceOf(Good.class);
    KeyHistory unrelated =
        KeyHistory.of(pinned())
            .updated(
                10,
                certificate(
                    named("another", revocation(Signature.CERTIFICATION_REVOCATION, COMPROMISED))));
    assertThat(at(unrelated, 11)).isInstanceOf(Good.class);
  }

  @Test
  void theOrderOfUpdatesDoesNotMatter() throws Exception {
    List<Certificate> updates =
        List.of(
            certificate(bound(SIGNED, Duration.ofDays(700))),
            certificate(subkeyRevoked(RETIRED)),
            certificate(named("another"), subkeyRevoked(1)),
            pinned());
    long[] indices = {7, 5, 9, 3};
    KeyHistory expected = KeyHistory.of(pinned());
    for (int i = 0; i < indices.length; i++) {
      expected = expected.updated(indices[i], updates.get(i));
    }
    for (int first = 0; first < 4; first++) {
      for (int step = 1; step <= 3; step += 2) {
        KeyHistory history = KeyHistory.of(pinned());
        for (int i = 0; i < 4; i++) {
          int which = (first + i * step) % 4;
          history = history.updated(indices[which], updates.get(which));
        }
        assertThat(history).isEqualTo(expected).hasSameHashCodeAs(expected);
        for (int i = 0; i < 4; i++) {
          assertThat(history.updated(20 + i, updates.get(i))).isSameAs(history);
        }
        assertThat(at(history, 5)).isInstanceOf(Good.class);
        refused(at(history, 6), "since log index 5");
      }
    }
    assertThat(expected).isNotEqualTo(KeyHistory.of(pinned()));
    assertThat(KeyHistory.of(pinned()).updated(5, updates.get(1)))
        .isNotEqualTo(KeyHistory.of(pinned()).updated(6, updates.get(1)));
  }

  @Test
  void strangersCannotAddOrTakeAwayAnything() throws Exception {
    KeyHistory history = KeyHistory.of(pinned());
    SigningKey stranger = SigningKey.generate(MADE, new SecureRandom());
    List<Packet> theirs =
        List.of(
            signature(
                stranger.sign(Signature.KEY_REVOCATION, SIGNED, List.of(), primary.key().hashed())),
            new Packet(Packet.USER_ID, "mallory".getBytes(UTF_8)),
            new Packet(Packet.PUBLIC_SUBKEY, stranger.key().body()),
            signature(
                stranger.sign(
                    Signature.SUBKEY_BINDING,
                    SIGNED,
                    List.of(new KeyFlags(true, Signature.MAY_SIGN)),
                    primary.key().hashed(),
                    stranger.key().hashed())));
    Certificate padded = certificate(theirs);

    assertThat(history.updated(3, padded)).isEqualTo(history);
    assertThat(padded.saysNothing()).isTrue();
    assertThat(padded.own()).isEqualTo(certificate());
    Certificate mixed = certificate(theirs, named("another"));
    assertThat(mixed.saysNothing()).isFalse();
    assertThat(mixed.own()).isEqualTo(certificate(named("another")));
    assertThat(pinned().own()).isEqualTo(pinned());
    assertThat(KeyHistory.of(mixed)).isEqualTo(KeyHistory.of(mixed.own()));

    Certificate other = SecretKey.generate("other", MADE, Duration.ofDays(1)).certificate();
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> history.updated(3, other))
        .withMessage(
            "expected a certificate of "
                + history.fingerprint()
                + ", found "
                + other.fingerprint());
  }

  /** A signature's unhashed area is anybody's: its variants are one statement, or none. */
  @Test
  void theUnhashedAreaIsNoStatement() throws Exception {
    KeyHistory history = KeyHistory.of(pinned());
    List<Packet> varied = new ArrayList<>();
    byte[] note = {2, 101, 7};
    for (Packet packet : bound(MADE, Duration.ofDays(365))) {
      varied.add(packet.tag() == Packet.SIGNATURE ? withUnhashed(packet, note) : packet);
    }
    Certificate variant = certificate(named("pinned"), varied);
    assertThat(variant).isNotEqualTo(pinned());
    assertThat(at(KeyHistory.of(variant), 1)).isInstanceOf(Good.class);

    assertThat(history.updated(3, variant)).isEqualTo(history);
  }

  @Test
  void aHintToAnotherKeyHidesNoSignatureThatNamesItsOwn() throws Exception {
    List<Packet> hinted = new ArrayList<>();
    byte[] anotherKey = {9, Subpackets.ISSUER_KEY_ID, 1, 2, 3, 4, 5, 6, 7, 8};
    for (Packet packet : bound(MADE, Duration.ofDays(365))) {
      hinted.add(packet.tag() == Packet.SIGNATURE ? withUnhashed(packet, anotherKey) : packet);
    }
    KeyHistory history = KeyHistory.of(certificate(named("pinned"), hinted));
    assertThat(at(history, 1)).isInstanceOf(Good.class);
    assertThat(history.updated(3, pinned())).isEqualTo(history);
  }

  /** A back-signature in the unhashed area, where gpg has it, may be cut off, and comes back. */
  @Test
  void aBackSignatureThatAnUpdateBrings() throws Exception {
    byte[][] both = {primary.key().hashed(), subkey.key().hashed()};
    byte[] back = subkey.sign(Signature.PRIMARY_KEY_BINDING, MADE, List.of(), both);
    byte[] binding =
        primary.sign(
            Signature.SUBKEY_BINDING, MADE, List.of(new KeyFlags(true, Signature.MAY_SIGN)), both);
    Packet key = new Packet(Packet.PUBLIC_SUBKEY, subkey.key().body());
    Certificate cut = certificate(named("pinned"), List.of(key, signature(binding)));
    byte[] embedded = new byte[back.length + 2];
    embedded[0] = (byte) (back.length + 1);
    embedded[1] = Subpackets.EMBEDDED_SIGNATURE;
    System.arraycopy(back, 0, embedded, 2, back.length);
    Certificate whole = certificate(List.of(key, withUnhashed(signature(binding), embedded)));

    refused(at(KeyHistory.of(cut), 1), "has no valid back-signature");
    assertThat(at(KeyHistory.of(cut).updated(3, whole), 1)).isInstanceOf(Good.class);
    assertThat(at(KeyHistory.of(cut).updated(3, whole).updated(4, cut), 1))
        .isInstanceOf(Good.class);
  }

  private static Packet withUnhashed(Packet packet, byte... area) {
    byte[] body = packet.body();
    int end = 6 + ((body[4] & 0xff) << 8 | (body[5] & 0xff));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(body, 0, end);
    out.write(area.length >> 8);
    out.write(area.length);
    out.writeBytes(area);
    out.write(body, end + 2, body.length - end - 2);
    return new Packet(Packet.SIGNATURE, out.toByteArray());
  }

  /** Else the thief of a primary key could leave no room for its revocation. */
  @Test
  void oneThatSaysTooMuchIsNotBelievedAnyMore() throws Exception {
    KeyHistory history = KeyHistory.of(pinned());
    for (int update = 0; update < 10; update++) {
      assertThat(at(history, 5)).as("update " + update).isInstanceOf(Good.class);
      List<Packet> many = new ArrayList<>();
      for (int name = 0; name < 110; name++) {
        many.addAll(named(name + "/" + update + "x".repeat(200)));
      }
      history = history.updated(update, certificate(many));
      if (at(history, 5) instanceof Bad) {
        break;
      }
    }

    refused(at(history, 5), "exceed " + KeyHistory.MAX_BYTES + " bytes");
    assertThat(history.updated(9, pinned())).isSameAs(history);
  }

  @Test
  void whatCannotBeReadIsRefused() throws Exception {
    KeyHistory history = KeyHistory.of(pinned());

    refused(history.verify(new byte[0], MESSAGE, 1, LOGGED), "malformed signature");
    byte[] text = SigningKey.framed(subkey.sign(0x01, SIGNED, List.of(), MESSAGE));
    refused(history.verify(text, MESSAGE, 1, LOGGED), "type 0x01");
  }

  @SafeVarargs
  private Certificate certificate(List<Packet>... parts) throws MalformedInputException {
    List<Packet> packets = new ArrayList<>();
    packets.add(new Packet(Packet.PUBLIC_KEY, primary.key().body()));
    // What follows the primary key directly is about it.
    for (List<Packet> part : parts) {
      if (part.get(0).tag() == Packet.SIGNATURE) {
        packets.addAll(part);
      }
    }
    for (List<Packet> part : parts) {
      if (part.get(0).tag() != Packet.SIGNATURE) {
        packets.addAll(part);
      }
    }
    return Certificate.parse(Packet.write(packets));
  }

  private List<Packet> named(String userId) {
    return named(
        userId,
        content ->
            primary.sign(
                Signature.POSITIVE_CERTIFICATION,
                MADE,
                List.of(new KeyFlags(true, Signature.MAY_CERTIFY)),
                content));
  }

  private interface Statement {
    byte[] about(byte[]... content);
  }

  private List<Packet> named(String userId, Statement statement) {
    byte[] name = userId.getBytes(UTF_8);
    return List.of(
        new Packet(Packet.USER_ID, name),
        signature(statement.about(primary.key().hashed(), UserId.hashed(name))));
  }

  private List<Packet> bound(Instant made, Duration validity) {
    byte[][] both = {primary.key().hashed(), subkey.key().hashed()};
    List<SignatureSubpacket> says =
        List.of(
            new KeyFlags(true, Signature.MAY_SIGN),
            new KeyExpirationTime(true, false, SigningKey.fourBytes(validity.toSeconds())),
            new EmbeddedSignature(
                true, false, subkey.sign(Signature.PRIMARY_KEY_BINDING, made, List.of(), both)));
    return List.of(
        new Packet(Packet.PUBLIC_SUBKEY, subkey.key().body()),
        signature(primary.sign(Signature.SUBKEY_BINDING, made, says, both)));
  }

  private Statement revocation(int type, int reason) {
    List<SignatureSubpacket> says =
        reason < 0 ? List.of() : List.of(new RevocationReason(false, (byte) reason, ""));
    return content -> primary.sign(type, SIGNED, says, content);
  }

  /** Reason -1: none is given. */
  private List<Packet> revoked(int reason) {
    return List.of(
        signature(revocation(Signature.KEY_REVOCATION, reason).about(primary.key().hashed())));
  }

  private List<Packet> subkeyRevoked(int reason) {
    return List.of(
        new Packet(Packet.PUBLIC_SUBKEY, subkey.key().body()),
        signature(
            revocation(Signature.SUBKEY_REVOCATION, reason)
                .about(primary.key().hashed(), subkey.key().hashed())));
  }

  private static Packet signature(byte[] body) {
    return new Packet(Packet.SIGNATURE, body);
  }

  private static void refused(SignatureResult result, String... because) {
    assertThat(result)
        .isInstanceOfSatisfying(Bad.class, bad -> assertThat(bad.reason()).contains(because));
  }
}
