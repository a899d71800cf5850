package org.whonix2.core.openpgp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.openpgp.SignatureResult.Good;

/**
 * Every altered byte and every truncation: never an exception but the declared one, never good.
 *
 * <p>What may change without harm, because no signature covers it: a packet's header octet from the
 * old format to the new one (0x88 to 0xc2: same tag, and the length octet behind it reads the same
 * below 192). Our certificates and signatures have nothing in their unhashed areas.
 */
class MutationTest {
  private static final byte[] MESSAGE = "message".getBytes(UTF_8);
  private static final Instant MADE = Instant.parse("2026-01-01T00:00:00Z");
  private static final Instant NOW = Instant.parse("2026-06-01T00:00:00Z");

  private static SecretKey key;
  private static byte[] signature;

  @BeforeAll
  static void sign() throws Exception {
    key = SecretKey.generate("alpha-1", MADE, Duration.ofDays(365));
    signature = key.sign(MESSAGE, NOW);
  }

  @Test
  void everyOtherValueOfEveryByteOfASignature() {
    TreeSet<Integer> harmless = new TreeSet<>();
    for (int at = 0; at < signature.length; at++) {
      for (int value = 0; value < 256; value++) {
        byte[] altered = with(signature, at, value);
        if (value != (signature[at] & 0xff)
            && key.certificate().verify(altered, MESSAGE, NOW) instanceof Good) {
          harmless.add(at);
          assertThat(value).isEqualTo(0xc2);
        }
      }
    }
    assertThat(signature[0]).isEqualTo((byte) 0x88);
    assertThat(harmless).containsExactly(0);
  }

  @Test
  void everyBitOfAMessage() {
    for (int bit = 0; bit < 8 * MESSAGE.length; bit++) {
      byte[] altered = flipped(MESSAGE, bit);
      assertThat(key.certificate().verify(signature, altered, NOW))
          .isInstanceOf(SignatureResult.Bad.class);
    }
  }

  @Test
  void everyTruncationOfASignature() {
    for (int length = 0; length < signature.length; length++) {
      byte[] cut = Arrays.copyOf(signature, length);
      assertThat(key.certificate().verify(cut, MESSAGE, NOW))
          .isInstanceOf(SignatureResult.Bad.class);
    }
  }

  @Test
  void everyBitOfACertificate() {
    byte[] bytes = key.certificate().toBytes();
    for (int bit = 0; bit < 8 * bytes.length; bit++) {
      byte[] altered = flipped(bytes, bit);
      assertThat(accepts(altered)).as("byte %d of %d", bit / 8, bytes.length).isFalse();
    }
  }

  @Test
  @Tag("heavy")
  void everyOtherValueOfEveryByteOfACertificate() throws Exception {
    byte[] bytes = key.certificate().toBytes();
    for (int at = 0; at < bytes.length; at++) {
      for (int value = 0; value < 256; value++) {
        byte[] altered = with(bytes, at, value);
        if (value != (bytes[at] & 0xff) && accepts(altered)) {
          assertThat(Certificate.parse(altered)).isEqualTo(key.certificate());
        }
      }
    }
  }

  @Test
  void everyTruncationOfACertificate() {
    byte[] bytes = key.certificate().toBytes();
    for (int length = 0; length < bytes.length; length++) {
      assertThat(accepts(Arrays.copyOf(bytes, length))).isFalse();
    }
  }

  @Test
  void everyBitAndTruncationOfAnArmoredCertificate() {
    byte[] armored = key.certificate().toArmored().getBytes(UTF_8);
    for (int bit = 0; bit < 8 * armored.length; bit++) {
      Optional<Certificate> read = read(flipped(armored, bit));
      // An empty armor may grow blanks at its lines' ends; nothing else.
      read.ifPresent(certificate -> assertThat(certificate).isEqualTo(key.certificate()));
    }
    for (int length = 0; length < armored.length - 1; length++) {
      assertThat(read(Arrays.copyOf(armored, length))).isEmpty();
    }
  }

  @Test
  void everyBitAndTruncationOfASecretKey() {
    byte[] armored = key.toArmored().getBytes(UTF_8);
    for (int bit = 0; bit < 8 * armored.length; bit++) {
      // As above; whatever is read is the very same key.
      readSecret(flipped(armored, bit))
          .ifPresent(read -> assertThat(read.toArmored()).isEqualTo(key.toArmored()));
    }
    for (int length = 0; length < armored.length - 1; length++) {
      assertThat(readSecret(Arrays.copyOf(armored, length))).isEmpty();
    }
  }

  private static Optional<SecretKey> readSecret(byte[] armored) {
    try {
      return Optional.of(SecretKey.parse(armored));
    } catch (MalformedInputException e) {
      return Optional.empty();
    }
  }

  private static boolean accepts(byte[] certificate) {
    return read(certificate)
        .filter(c -> c.verify(signature, MESSAGE, NOW) instanceof Good)
        .isPresent();
  }

  private static Optional<Certificate> read(byte[] certificate) {
    try {
      return Optional.of(Certificate.parse(certificate));
    } catch (MalformedInputException e) {
      return Optional.empty();
    }
  }

  private static byte[] with(byte[] bytes, int at, int value) {
    byte[] altered = bytes.clone();
    altered[at] = (byte) value;
    return altered;
  }

  private static byte[] flipped(byte[] bytes, int bit) {
    return with(bytes, bit / 8, bytes[bit / 8] ^ 1 << bit % 8);
  }
}
