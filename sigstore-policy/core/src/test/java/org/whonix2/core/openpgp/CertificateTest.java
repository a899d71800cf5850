package org.whonix2.core.openpgp;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bouncycastle.bcpg.RSAPublicBCPGKey;
import org.bouncycastle.bcpg.SignatureSubpacket;
import org.bouncycastle.bcpg.sig.EmbeddedSignature;
import org.bouncycastle.bcpg.sig.KeyExpirationTime;
import org.bouncycastle.bcpg.sig.KeyFlags;
import org.bouncycastle.bcpg.sig.SignatureExpirationTime;
import org.bouncycastle.bcpg.sig.TrustSignature;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.openpgp.SignatureResult.Bad;
import org.whonix2.core.openpgp.SignatureResult.Good;

class CertificateTest {
  private static final byte[] MESSAGE = "message".getBytes(UTF_8);
  private static final Instant MADE = Instant.parse("2026-01-01T00:00:00Z");
  private static final Instant NOW = Instant.parse("2026-06-01T00:00:00Z");
  private static final Duration YEAR = Duration.ofDays(365);

  private final SecureRandom random = new SecureRandom();

  @Test
  void signaturesOfAFreshKeyCount() throws Exception {
    SecretKey key = SecretKey.generate("alpha-1", MADE, YEAR);
    Certificate certificate = Certificate.parse(key.certificate().toArmored().getBytes(UTF_8));

    assertThat(certificate.userIds()).containsExactly("alpha-1");
    assertThat(certificate).isEqualTo(key.certificate());
    assertThat(certificate.verify(key.sign(MESSAGE, NOW), MESSAGE, NOW))
        .isInstanceOfSatisfying(Good.class, good -> assertThat(good.claimedTime()).isEqualTo(NOW));
  }

  @Test
  void theSecretKeyIsWrittenAndReadBack() throws Exception {
    SecretKey key = SecretKey.generate("alpha-1", MADE, YEAR);
    SecretKey back = SecretKey.parse(key.toArmored().getBytes(UTF_8));

    assertThat(back.toArmored()).isEqualTo(key.toArmored());
    assertThat(back.certificate()).isEqualTo(key.certificate());
    assertThat(key.toString())
        .isEqualTo("secret key of certificate " + key.certificate().fingerprint());
    assertThat(key.certificate().toArmored()).doesNotContain("PRIVATE");
  }

  @Test
  void theSubkeyEndsAndThenCannotSign() throws Exception {
    SecretKey key = SecretKey.generate("alpha-1", MADE, YEAR);
    byte[] last = key.sign(MESSAGE, MADE.plus(YEAR).minusSeconds(1));

    assertThat(key.certificate().verify(last, MESSAGE, MADE.plus(YEAR).minusSeconds(1)))
        .isInstanceOf(Good.class);
    assertThat(reason(key.certificate().verify(last, MESSAGE, MADE.plus(YEAR))))
        .contains("expired at " + MADE.plus(YEAR));
    assertThat(key.signingProblem(MADE.plus(YEAR)).orElseThrow()).contains("expired");
    assertThatIllegalStateException().isThrownBy(() -> key.sign(MESSAGE, MADE.plus(YEAR)));
    assertThat(key.signingProblem(MADE.minus(Duration.ofDays(1))).orElseThrow()).contains("future");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "a\nb", "a\u0000", "\u009b31m"})
  void namesThatAreNone(String name) {
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> SecretKey.generate(name, MADE, YEAR));
  }

  @Test
  void aPublicCertificateIsNotReadFromASecretKey() throws Exception {
    SecretKey key = SecretKey.generate("alpha-1", MADE, YEAR);
    byte[] binary =
        Packet.write(Armor.readPackets(Armor.PRIVATE, key.toArmored().getBytes(US_ASCII)));
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> Certificate.parse(binary))
        .withMessageContaining("found a secret key");
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> Certificate.parse(key.toArmored().getBytes(US_ASCII)))
        .withMessageContaining("PGP PUBLIC KEY BLOCK");
  }

  @Test
  void exactlyOneCertificate() throws Exception {
    byte[] one = SecretKey.generate("one", MADE, YEAR).certificate().toBytes();
    byte[] two = SecretKey.generate("two", MADE, YEAR).certificate().toBytes();
    for (byte[] second : List.of(one, two)) {
      assertThatExceptionOfType(MalformedInputException.class)
          .isThrownBy(() -> Certificate.parse(concatenated(one, second)))
          .withMessage("expected one certificate, found several");
    }
    for (byte[] broken : List.of(new byte[0], new byte[Certificate.MAX_BYTES + 1])) {
      assertThatExceptionOfType(MalformedInputException.class)
          .isThrownBy(() -> Certificate.parse(broken));
    }
  }

  @Test
  void exactlyOneSignaturePacket() throws Exception {
    SecretKey key = SecretKey.generate("alpha-1", MADE, YEAR);
    byte[] signature = key.sign(MESSAGE, NOW);
    List<byte[]> others =
        List.of(
            new byte[0],
            concatenated(signature, signature),
            concatenated(signature, new byte[1]),
            concatenated(signature, new byte[] {(byte) 0xb4, 1, 'x'}),
            key.certificate().toBytes(),
            new byte[Certificate.MAX_SIGNATURE_BYTES + 1],
            Armor.write("PGP SIGNATURE", signature).getBytes(US_ASCII));
    for (byte[] other : others) {
      assertThat(reason(key.certificate().verify(other, MESSAGE, NOW)))
          .startsWith("malformed signature: ");
    }
  }

  @Test
  void bytesBehindTheNumbersInsideThePacketAreRefused() throws Exception {
    SecretKey key = SecretKey.generate("alpha-1", MADE, YEAR);
    byte[] body = Packet.readAll(key.sign(MESSAGE, NOW)).get(0).body();
    byte[] longer = SigningKey.framed(Arrays.copyOf(body, body.length + 1));

    assertThat(reason(key.certificate().verify(longer, MESSAGE, NOW)))
        .contains("canonical encoding");
  }

  /** Each: what the primary key says of the subkey, and what follows. */
  @Test
  void bindingsThatDoNotCount() throws Exception {
    Forged forged = new Forged();
    SignatureSubpacket sign = new KeyFlags(true, Signature.MAY_SIGN);
    SignatureSubpacket back = forged.back(Signature.PRIMARY_KEY_BINDING, forged.subkey, MADE);

    assertThat(forged.with(List.of(sign, back))).isInstanceOf(Good.class);
    assertThat(reason(forged.with(List.of(sign)))).contains("no valid back-signature");
    assertThat(
            reason(
                forged.with(
                    List.of(sign, forged.back(Signature.SUBKEY_BINDING, forged.subkey, MADE)))))
        .contains("no valid back-signature");
    assertThat(
            reason(
                forged.with(
                    List.of(
                        sign, forged.back(Signature.PRIMARY_KEY_BINDING, forged.primary, MADE)))))
        .contains("no valid back-signature");
    assertThat(
            reason(
                forged.with(
                    List.of(
                        sign,
                        forged.back(
                            Signature.PRIMARY_KEY_BINDING, forged.subkey, NOW.plus(YEAR))))))
        .contains("the back-signature of subkey")
        .contains("future");
    assertThat(reason(forged.with(List.of(back)))).contains("no sign flag");
    assertThat(reason(forged.with(List.of(new KeyFlags(true, 0x20), back))))
        .contains("no sign flag");
    assertThat(reason(forged.with(List.of(sign, sign, back))))
        .contains("more than one subpacket of type 27");
    assertThat(
            reason(
                forged.with(List.of(sign, back, new KeyExpirationTime(true, false, seconds(60))))))
        .contains("expired at 2026-01-01T00:01:00Z");
    assertThat(
            reason(
                forged.with(
                    List.of(sign, back, new SignatureExpirationTime(true, false, seconds(60))))))
        .contains("the binding signature of subkey")
        .contains("expired at 2026-01-01T00:01:00Z");
    assertThat(reason(forged.with(List.of(sign, back, new TrustSignature(true, 1, 60)))))
        .contains("critical subpacket that we do not understand, type 5");
  }

  @Test
  void aSubkeyThatThePrimaryKeyNeverBound() throws Exception {
    Forged forged = new Forged();
    byte[] byStranger =
        forged.subkey.sign(
            Signature.SUBKEY_BINDING,
            MADE,
            List.of(
                new KeyFlags(true, Signature.MAY_SIGN),
                forged.back(Signature.PRIMARY_KEY_BINDING, forged.subkey, MADE)),
            forged.primary.key().hashed(),
            forged.subkey.key().hashed());

    assertThat(reason(forged.verify(forged.certificate(byStranger))))
        .contains("subkey")
        .contains("has no valid binding signature");
  }

  @Test
  void theNewestBindingCounts() throws Exception {
    Forged forged = new Forged();
    SignatureSubpacket back = forged.back(Signature.PRIMARY_KEY_BINDING, forged.subkey, MADE);
    byte[] may = forged.binding(MADE, List.of(new KeyFlags(true, Signature.MAY_SIGN), back));
    byte[] mayNot = forged.binding(MADE.plusSeconds(1), List.of(new KeyFlags(true, 0), back));

    assertThat(reason(forged.verify(forged.certificate(may, mayNot)))).contains("no sign flag");
    assertThat(reason(forged.verify(forged.certificate(mayNot, may)))).contains("no sign flag");
  }

  @Test
  void aPrimaryKeyWithoutSelfSignature() throws Exception {
    SecretKey key = SecretKey.generate("alpha-1", MADE, YEAR);
    List<Packet> packets = new ArrayList<>(Packet.readAll(key.certificate().toBytes()));
    packets.remove(2);
    Certificate stripped = Certificate.parse(Packet.write(packets));

    assertThat(stripped.userIds()).isEmpty();
    assertThat(reason(stripped.verify(key.sign(MESSAGE, NOW), MESSAGE, NOW)))
        .contains("primary key")
        .contains("has no valid self-signature");
  }

  @Test
  void aSignatureDatedBeforeItsKey() throws Exception {
    Forged forged = new Forged();
    byte[] early =
        forged.subkey.sign(Signature.BINARY_DOCUMENT, MADE.minusSeconds(1), List.of(), MESSAGE);
    Certificate certificate =
        forged.certificate(
            forged.binding(
                MADE,
                List.of(
                    new KeyFlags(true, Signature.MAY_SIGN),
                    forged.back(Signature.PRIMARY_KEY_BINDING, forged.subkey, MADE))));

    assertThat(reason(certificate.verify(SigningKey.framed(early), MESSAGE, NOW)))
        .contains("dated 2025-12-31T23:59:59Z, before");
  }

  @Test
  void aCertificateFullOfLargeKeysIsReadInNoTime() throws Exception {
    Forged forged = new Forged();
    List<Packet> packets = new ArrayList<>(Packet.readAll(forged.certificate().toBytes()));
    for (int i = 0; i < 44; i++) {
      BigInteger modulus = new BigInteger(8192, random).setBit(8191).setBit(0);
      byte[] rsa = new RSAPublicBCPGKey(modulus, BigInteger.valueOf(65_537)).getEncoded();
      byte[] body =
          ByteBuffer.allocate(6 + rsa.length)
              .put((byte) 4)
              .putInt(0)
              .put((byte) 1)
              .put(rsa)
              .array();
      packets.add(new Packet(Packet.PUBLIC_SUBKEY, body));
    }

    assertTimeout(Duration.ofSeconds(5), () -> Certificate.parse(Packet.write(packets)));
  }

  @Test
  void aCertificateIsReadAgainFromItsArmorHoweverLargeItIs() throws Exception {
    Forged forged = new Forged();
    List<Packet> packets = new ArrayList<>(Packet.readAll(forged.certificate().toBytes()));
    while (Packet.write(packets).length + 300 < Certificate.MAX_PACKET_BYTES) {
      packets.add(new Packet(Packet.USER_ID, new byte[250]));
    }
    Certificate largest = Certificate.parse(Packet.write(packets));
    assertThat(Certificate.parse(largest.toArmored().getBytes(UTF_8))).isEqualTo(largest);
    packets.add(new Packet(Packet.USER_ID, new byte[250]));
    packets.add(new Packet(Packet.USER_ID, new byte[250]));
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> Certificate.parse(Packet.write(packets)))
        .withMessageContaining("at most 47104 bytes without armor");
  }

  @Test
  void thePrimaryKeyAgainAsASubkeyIsRefused() throws Exception {
    Forged forged = new Forged();
    List<Packet> packets = new ArrayList<>(Packet.readAll(forged.certificate().toBytes()));
    packets.add(new Packet(Packet.PUBLIC_SUBKEY, packets.get(0).body()));
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> Certificate.parse(Packet.write(packets)))
        .withMessageContaining("the primary key again");
  }

  /** Sequoia writes such certificates. */
  @Test
  void aDirectKeySignatureIsASelfSignatureToo() throws Exception {
    Forged forged = new Forged();
    List<Packet> packets =
        new ArrayList<>(
            Packet.readAll(
                forged
                    .certificate(
                        forged.binding(
                            MADE,
                            List.of(
                                new KeyFlags(true, Signature.MAY_SIGN),
                                forged.back(Signature.PRIMARY_KEY_BINDING, forged.subkey, MADE))))
                    .toBytes()));
    packets.subList(1, 3).clear();
    assertThat(reason(forged.verify(Certificate.parse(Packet.write(packets)))))
        .contains("no valid self-signature");
    byte[] direct =
        forged.primary.sign(
            Signature.DIRECT_KEY,
            MADE,
            List.of(new KeyFlags(true, Signature.MAY_CERTIFY)),
            forged.primary.key().hashed());
    packets.add(1, new Packet(Packet.SIGNATURE, direct));
    assertThat(forged.verify(Certificate.parse(Packet.write(packets)))).isInstanceOf(Good.class);
  }

  /** A certificate whose subkey's binding the test chooses. */
  private final class Forged {
    final SigningKey primary = SigningKey.generate(MADE, random);
    final SigningKey subkey = SigningKey.generate(MADE, random);

    EmbeddedSignature back(int type, SigningKey by, Instant made) {
      byte[] signature =
          by.sign(type, made, List.of(), primary.key().hashed(), subkey.key().hashed());
      return new EmbeddedSignature(true, false, signature);
    }

    byte[] binding(Instant made, List<SignatureSubpacket> says) {
      return primary.sign(
          Signature.SUBKEY_BINDING, made, says, primary.key().hashed(), subkey.key().hashed());
    }

    Certificate certificate(byte[]... bindings) throws MalformedInputException {
      byte[] name = "forged".getBytes(UTF_8);
      List<Packet> packets = new ArrayList<>();
      packets.add(new Packet(Packet.PUBLIC_KEY, primary.key().body()));
      packets.add(new Packet(Packet.USER_ID, name));
      packets.add(
          new Packet(
              Packet.SIGNATURE,
              primary.sign(
                  Signature.POSITIVE_CERTIFICATION,
                  MADE,
                  List.of(new KeyFlags(true, Signature.MAY_CERTIFY)),
                  primary.key().hashed(),
                  UserId.hashed(name))));
      packets.add(new Packet(Packet.PUBLIC_SUBKEY, subkey.key().body()));
      for (byte[] binding : bindings) {
        packets.add(new Packet(Packet.SIGNATURE, binding));
      }
      return Certificate.parse(Packet.write(packets));
    }

    SignatureResult with(List<SignatureSubpacket> says) throws MalformedInputException {
      return verify(certificate(binding(MADE, says)));
    }

    SignatureResult verify(Certificate certificate) {
      byte[] signature =
          SigningKey.framed(subkey.sign(Signature.BINARY_DOCUMENT, NOW, List.of(), MESSAGE));
      return certificate.verify(signature, MESSAGE, NOW);
    }
  }

  private static byte[] seconds(long number) {
    return SigningKey.fourBytes(number);
  }

  private static byte[] concatenated(byte[] first, byte[] second) {
    byte[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }

  private static String reason(SignatureResult result) {
    assertThat(result).isInstanceOf(Bad.class);
    return ((Bad) result).reason();
  }
}
