package org.whonix2.core.openpgp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.bouncycastle.bcpg.SignaturePacket;
import org.bouncycastle.bcpg.SignatureSubpacket;
import org.bouncycastle.bcpg.sig.SignatureCreationTime;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.bouncycastle.math.ec.rfc8032.Ed25519;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.openpgp.SignatureResult.Bad;
import org.whonix2.core.openpgp.SignatureResult.Good;

/**
 * Certificates of version 6 that sequoia 2 made. Property {@code openpgp.v6.vectors} names a folder
 * of others, made by the same script.
 */
class Version6Test {
  private static final Instant LOGGED = Instant.parse("2025-06-01T00:00:00Z");
  private static final long BEFORE = 5;
  private static final long UPDATE = 10;
  private static final long AFTER = 15;

  private static Path file(String name) throws Exception {
    String fresh = System.getProperty("openpgp.v6.vectors");
    return fresh != null
        ? Path.of(fresh, name)
        : Path.of(
            Objects.requireNonNull(
                    Version6Test.class.getResource("/vectors/openpgp/v6/" + name), name)
                .toURI());
  }

  private static byte[] read(String name) throws Exception {
    return Files.readAllBytes(file(name));
  }

  private static Certificate certificate(String name) throws Exception {
    return Certificate.parse(read(name));
  }

  /** Name, what we say to an entry before the update (if there is one), and to one behind it. */
  @ParameterizedTest
  @CsvSource({
    "good,                good,                            good",
    "rsa,                 good,                            good",
    "text,                is of type 0x01,                 is of type 0x01",
    "future,              is dated in the future,          is dated in the future",
    "expired,             expired at 2025-03-01T00:00:00Z, expired at 2025-03-01T00:00:00Z",
    "renewed,             good,                            good",
    "no-sign,             has no sign flag,                has no sign flag",
    "compromised,         key material compromised,        key material compromised",
    "unspecified,         no reason given,                 no reason given",
    "superseded,          good,                            key superseded",
    "retired,             good,                            key retired",
    "subkey-compromised,  key material compromised,        key material compromised",
    "subkey-unspecified,  no reason given,                 no reason given",
    "subkey-superseded,   good,                            key superseded",
    "subkey-retired,      good,                            key retired",
  })
  void sequoias(String name, String before, String after) throws Exception {
    byte[] message = read("message");
    byte[] signature = read(name + ".sig");
    KeyHistory pinned = KeyHistory.of(certificate(name + ".pgp"));
    KeyHistory history = pinned;
    if (Files.exists(file("message").resolveSibling(name + ".update.pgp"))) {
      // Without its update each is as good as any, or, in the one case, expired.
      expect(
          pinned.verify(signature, message, AFTER, LOGGED),
          name.equals("renewed") ? "expired at 2025-03-01T00:00:00Z" : "good");
      Certificate update = certificate(name + ".update.pgp");
      assertThat(update.own()).isEqualTo(update);
      history = pinned.updated(UPDATE, update);
    }

    expect(history.verify(signature, message, BEFORE, LOGGED), before);
    expect(history.verify(signature, message, AFTER, LOGGED), after);
    assertThat(pinned.fingerprint().hex()).hasSize(64);
    expect(
        history.verify(signature, "another".getBytes(UTF_8), BEFORE, LOGGED),
        before.equals("good") ? "does not fit the message" : "");
  }

  private static void expect(SignatureResult result, String expected) {
    if (expected.equals("good")) {
      assertThat(result).isInstanceOf(Good.class);
    } else {
      assertThat(result)
          .isInstanceOfSatisfying(Bad.class, bad -> assertThat(bad.reason()).contains(expected));
    }
  }

  @Test
  void aCertificate() throws Exception {
    Certificate good = certificate("good.pgp");

    assertThat(good.userIds()).containsExactly("good");
    assertThat(Certificate.parse(good.toArmored().getBytes(UTF_8))).isEqualTo(good);
    assertThat(Keyring.parse(good.toBytes()).contains(good.fingerprint())).isTrue();
    Fingerprint signing =
        ((Good) good.verify(read("good.sig"), read("message"), LOGGED)).signingKey();
    assertThat(signing).isNotEqualTo(good.fingerprint());
    assertThat(Fingerprint.parse(signing.hex())).isEqualTo(signing);
    expect(
        certificate("rsa.pgp").verify(read("good.sig"), read("message"), LOGGED),
        "the signature names key " + signing);
  }

  @Test
  void everyBitAndTruncationOfASignature() throws Exception {
    Certificate good = certificate("good.pgp");
    byte[] message = read("message");
    byte[] signature = read("good.sig");
    for (int bit = 0; bit < 8 * signature.length; bit++) {
      byte[] altered = flipped(signature, bit);
      assertThat(good.verify(altered, message, LOGGED)).as("bit " + bit).isInstanceOf(Bad.class);
    }
    for (int length = 0; length < signature.length; length++) {
      byte[] cut = Arrays.copyOf(signature, length);
      assertThat(good.verify(cut, message, LOGGED)).isInstanceOf(Bad.class);
    }
  }

  /** The user id's own signature and binding decide nothing in version 6. */
  @Test
  void everyByteOfACertificate() throws Exception {
    byte[] signature = read("good.sig");
    byte[] message = read("message");
    byte[] bytes = certificate("good.pgp").toBytes();
    List<Packet> packets = Packet.readAll(bytes);
    List<Integer> tags = packets.stream().map(Packet::tag).toList();
    assertThat(tags)
        .containsExactly(
            Packet.PUBLIC_KEY,
            Packet.SIGNATURE,
            Packet.USER_ID,
            Packet.SIGNATURE,
            Packet.PUBLIC_SUBKEY,
            Packet.SIGNATURE);
    int userId = Packet.write(packets.subList(0, 2)).length;
    int subkey = Packet.write(packets.subList(0, 4)).length;
    // One bit of each byte, another one each time.
    for (int bit = 0; bit < 8 * bytes.length; bit += 9) {
      boolean decides = bit / 8 < userId || bit / 8 >= subkey;
      try {
        SignatureResult result =
            Certificate.parse(flipped(bytes, bit)).verify(signature, message, LOGGED);
        assertThat(!decides || result instanceof Bad).as("bit " + bit).isTrue();
      } catch (MalformedInputException e) {
        assertThat(e).hasMessageStartingWith("expected");
      }
    }
    packets = new ArrayList<>(packets);
    packets.remove(1);
    expect(
        Certificate.parse(Packet.write(packets)).verify(signature, message, LOGGED),
        "has no valid self-signature");
  }

  private static byte[] flipped(byte[] bytes, int bit) {
    byte[] altered = bytes.clone();
    altered[bit / 8] ^= (byte) (1 << bit % 8);
    return altered;
  }

  @Test
  void aSubkeyOfAnotherVersion() throws Exception {
    List<Packet> packets = new ArrayList<>(Packet.readAll(certificate("good.pgp").toBytes()));
    SigningKey four = SigningKey.generate(LOGGED, new SecureRandom());
    packets.add(new Packet(Packet.PUBLIC_SUBKEY, four.key().body()));

    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> Certificate.parse(Packet.write(packets)))
        .withMessage("expected a subkey of version 6, found one of version 4");
  }

  /** One secret, a key of either version with algorithm 27, signatures of either version. */
  @Test
  void aSignatureNeverFitsAKeyOfTheOtherVersion() throws Exception {
    Ed25519PrivateKeyParameters secret = new Ed25519PrivateKeyParameters(new SecureRandom());
    byte[] point = secret.generatePublicKey().getEncoded();
    PublicKey four = PublicKey.parse(key(4, point));
    PublicKey six = PublicKey.parse(key(6, point));
    byte[] message = read("message");

    int salt = HashAlgorithm.SHA512.saltBytes();
    assertThat(signature(4, 0, secret, message).isBy(four, message)).isTrue();
    assertThat(signature(6, salt, secret, message).isBy(six, message)).isTrue();
    assertThat(signature(4, 0, secret, message).isBy(six, message)).isFalse();
    assertThat(signature(6, salt, secret, message).isBy(four, message)).isFalse();
    // Nor with a salt of another length than the hash asks for (RFC 9580, section 9.5).
    for (int other : new int[] {0, 1, 16, 31, 33}) {
      assertThat(signature(6, other, secret, message).isBy(six, message)).isFalse();
    }
    assertThat(six.keyId()).isEqualTo(six.fingerprint().hex().substring(0, 16));
    assertThat(four.keyId()).isEqualTo(four.fingerprint().hex().substring(24));
  }

  @Test
  void theOldEd25519IsNoAlgorithmOfVersion6() throws Exception {
    byte[] four = SigningKey.generate(LOGGED, new SecureRandom()).key().body();
    byte[] six =
        ByteBuffer.allocate(four.length + 4)
            .put((byte) 6)
            .put(four, 1, 5)
            .putInt(four.length - 6)
            .put(four, 6, four.length - 6)
            .array();

    assertThat(PublicKey.parse(four).material().weakness()).isEmpty();
    assertThat(PublicKey.parse(six).material().weakness())
        .hasValue("of algorithm 22, which version 6 does not have");
  }

  private static byte[] key(int version, byte[] point) {
    ByteBuffer body = ByteBuffer.allocate(version == 4 ? 38 : 42);
    body.put((byte) version).putInt(1_735_689_600).put((byte) KeyMaterial.ED25519);
    return (version == 4 ? body : body.putInt(point.length)).put(point).array();
  }

  private static Signature signature(
      int version, int saltBytes, Ed25519PrivateKeyParameters secret, byte[] message)
      throws Exception {
    byte[] salt = new byte[saltBytes];
    byte[] trailer =
        packet(version, salt, new byte[2], new byte[Ed25519.SIGNATURE_SIZE]).getSignatureTrailer();
    byte[] digest = Signature.digest(HashAlgorithm.SHA512, salt, trailer, message);
    byte[] both = new byte[Ed25519.SIGNATURE_SIZE];
    secret.sign(Ed25519.Algorithm.Ed25519, null, digest, 0, digest.length, both, 0);
    SignaturePacket packet = packet(version, salt, Arrays.copyOf(digest, 2), both);
    return Signature.parse(Packet.readAll(packet.getEncoded()).get(0).body());
  }

  private static SignaturePacket packet(int version, byte[] salt, byte[] start, byte[] signature) {
    SignatureSubpacket made =
        new SignatureCreationTime(true, false, HexFormat.of().parseHex("679e0000"));
    return new SignaturePacket(
        version,
        Signature.BINARY_DOCUMENT,
        0,
        KeyMaterial.ED25519,
        HashAlgorithm.SHA512.number(),
        new SignatureSubpacket[] {made},
        new SignatureSubpacket[0],
        start,
        signature,
        salt);
  }
}
