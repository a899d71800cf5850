package org.whonix2.core.openpgp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.whonix2.core.MalformedInputException;

/** Texts that we sign, as the real gpg and our own reader take them. */
class TextSigningTest {
  private static final Instant MADE = Instant.parse("2024-01-01T00:00:00Z");
  private static final Instant NOW = Instant.parse("2024-06-01T00:00:00Z");
  private static final String RELEASE = "Suite: x\nSHA256:\n 00ff 1 main/Packages\n";

  private static GnuPg gpg;
  private static SecretKey key;

  @BeforeAll
  static void aKey() throws Exception {
    gpg = new GnuPg();
    key = SecretKey.generate("archive", MADE, Duration.ofDays(730));
    gpg.at(NOW, key.certificate().toBytes(), "--import");
  }

  @AfterAll
  static void remove() throws Exception {
    gpg.remove();
  }

  private static byte[] sign(String text) throws Exception {
    return SignedText.sign(text.getBytes(UTF_8), key, NOW);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        RELEASE,
        "\n",
        "\n\n\n",
        " a blank before\n",
        "- dashes\n--\n-\n- - -\n-----BEGIN PGP SIGNATURE-----\n\n=AAAA\n",
        "Hash: SHA256\n\nünïcode\nFrom here\n"
      })
  void whatWeSignIsTakenByGpgAndReadAsItWas(String text) throws Exception {
    byte[] signed = sign(text);

    assertThat(gpg.at(NOW, signed, "--decrypt")).asString(UTF_8).isEqualTo(text);
    SignedText read = SignedText.parse(signed);
    assertThat(read.text()).asString(UTF_8).isEqualTo(text);
    SignerSearch search = new SignerSearch(read.signatures());
    search.in(new ByteArrayInputStream(key.certificate().toBytes()));
    assertThat(search.result(NOW).signedBy().map(Signer::certificate))
        .contains(key.certificate().fingerprint());
  }

  @Test
  void whatWasAlteredIsRefusedByGpg() throws Exception {
    String signed = new String(sign(RELEASE), UTF_8);
    assertThat(gpg.tryAt(NOW, signed.getBytes(UTF_8), "--verify").exitCode()).isZero();

    byte[] altered = signed.replace("00ff", "00fe").getBytes(UTF_8);
    assertThat(gpg.tryAt(NOW, altered, "--verify")).asString().contains("BAD signature");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | last line",
        "'no end' | last line",
        "'a\nb' | last line",
        "'a\r\n' | line 1: found a CR",
        "'a\nb \nc\n' | line 2: expected no blanks at the end",
        "'a\nb\n\t' | line 3: expected no blanks at the end",
      })
  void whatNoSignatureWouldCoverIsNotSigned(String text, String why) {
    assertThatThrownBy(() -> sign(text))
        .isInstanceOf(MalformedInputException.class)
        .hasMessageContaining(why);
  }

  @Test
  void aTextThatNobodyWouldReadIsNotSigned() {
    assertThatThrownBy(() -> sign("-\n".repeat(SignedText.MAX_BYTES / 4)))
        .isInstanceOf(MalformedInputException.class)
        .hasMessageContaining("at most " + SignedText.MAX_BYTES);
  }

  @Test
  void anArmoredSignatureIsThatOverTheBytes() throws Exception {
    String armored = key.signArmored(RELEASE.getBytes(UTF_8), NOW);

    assertThat(armored).startsWith("-----BEGIN PGP SIGNATURE-----\n");
    SignedDocument document =
        SignedDocument.ofBytes(armored.getBytes(UTF_8), RELEASE.getBytes(UTF_8));
    assertThat(document.signature().isBy(signingKey(), RELEASE.getBytes(UTF_8))).isTrue();
    assertThat(document.signature().isBy(signingKey(), "other".getBytes(UTF_8))).isFalse();
  }

  private static PublicKey signingKey() throws Exception {
    return SecretKey.signer(
            Armor.readPackets(Armor.PRIVATE, key.toArmored().getBytes(UTF_8)).stream()
                .filter(packet -> packet.tag() == Packet.SECRET_SUBKEY)
                .findFirst()
                .orElseThrow())
        .orElseThrow()
        .key();
  }
}
