package org.whonix2.core.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.security.SecureRandom;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.whonix2.core.MalformedInputException;

class KeyTest {
  /** The example of C2SP signed-note, "Verifier keys". */
  private static final String EXAMPLE_KEY =
      "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";

  @Test
  void everyChangedCharacterOfAKeyFails() throws Exception {
    for (int at = 0; at < EXAMPLE_KEY.length(); at++) {
      char[] changed = EXAMPLE_KEY.toCharArray();
      changed[at] = (char) (changed[at] ^ 1);
      String vkey = String.valueOf(changed);
      assertThatExceptionOfType(MalformedInputException.class)
          .as(vkey)
          .isThrownBy(() -> VerifierKey.parse(vkey));
    }
    assertThat(VerifierKey.parse(EXAMPLE_KEY)).hasToString(EXAMPLE_KEY);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "example.com/foo",
        "example.com/foo+530d903a",
        "+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/foo+530D903A+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/foo+0530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k\n",
        "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U0=",
        "example.com/f o+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/f\u00a0o+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
      })
  void otherKeysAreRefused(String vkey) {
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> VerifierKey.parse(vkey));
  }

  @Test
  void aKeyOfSmallOrderIsRefused() {
    // Everybody can make signatures that the neutral element verifies.
    byte[] neutral = new byte[32];
    neutral[0] = 1;
    String vkey =
        new KeyText(
                "x",
                KeyName.keyId("x", SignatureType.ED25519, neutral),
                SignatureType.ED25519,
                neutral)
            .format();
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> VerifierKey.parse(vkey))
        .withMessageContaining("prime order");
  }

  @Test
  void aSecretKeyReadsWhatItWritesAndDoesNotPrintItself() throws Exception {
    for (SignatureType type : SignatureType.values()) {
      SigningKey key = key("log.example.org/x", type);
      SigningKey read = SigningKey.parse(key.format() + "\n");
      assertThat(read.format())
          .isEqualTo(key.format())
          .startsWith("PRIVATE+KEY+log.example.org/x+");
      assertThat(read.vkey()).isEqualTo(key.vkey());
      assertThat(key).hasToString("secret key of log.example.org/x");
      assertThatExceptionOfType(MalformedInputException.class)
          .isThrownBy(() -> SigningKey.parse(key.vkey()));
    }
  }

  @Test
  void everyGeneratedKeyIsAnother() throws Exception {
    SigningKey one = key("x", SignatureType.ED25519);
    SigningKey other = key("x", SignatureType.ED25519);
    assertThat(one.verifierKey().samePublicKey(other.verifierKey())).isFalse();
    assertThat(KeyText.parse(one.vkey())).hasToString("key of x");
  }

  @Test
  void aMangledSecretKeyIsRefusedWithoutQuotingIt() throws Exception {
    String secret = key("x", SignatureType.ED25519).format();
    for (int at = 0; at < secret.length(); at++) {
      char[] changed = secret.toCharArray();
      changed[at] = (char) (changed[at] ^ 1);
      assertThatExceptionOfType(MalformedInputException.class)
          .isThrownBy(() -> SigningKey.parse(String.valueOf(changed)))
          .satisfies(
              e -> assertThat(e).message().doesNotContain(secret.substring(secret.length() - 20)))
          .withNoCause();
    }
  }

  @Test
  void aKeyOfAnotherKindIsRefused() {
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> VerifierKey.parse(vkey(new byte[33])))
        .withMessage("expected a key of type 1 or 4, found type 0 of x");
    for (int length : new int[] {0, 1, 32, 34, 1313}) {
      byte[] typed = new byte[length];
      assertThatExceptionOfType(MalformedInputException.class)
          .isThrownBy(() -> VerifierKey.parse(vkey(typed)))
          .withMessageStartingWith("expected a key of 33 bytes, found " + length);
    }
  }

  private static String vkey(byte[] typed) {
    return "x+00000000+" + Base64.getEncoder().encodeToString(typed);
  }

  @Test
  void aNameIsShortAndWithoutSpaces() throws Exception {
    key("x".repeat(255), SignatureType.ED25519);
    String tooLong = "\u00e9".repeat(128);
    String halfCharacter = "\ud800";
    for (String name :
        List.of(
            "",
            " ",
            "a b",
            "a\u00a0b",
            "a\u2003b",
            "a\tb",
            "a\u0085b",
            "a+b",
            tooLong,
            halfCharacter)) {
      assertThatExceptionOfType(MalformedInputException.class)
          .as(name)
          .isThrownBy(() -> key(name, SignatureType.ED25519))
          .withMessageStartingWith("expected a key name");
    }
  }

  @Test
  void keysAreEqualByNameTypeAndPublicKey() throws Exception {
    byte[] seed = new byte[32];
    VerifierKey key = SigningKey.ofSeed("x", SignatureType.ED25519, seed).verifierKey();
    assertThat(VerifierKey.parse(key.toString())).isEqualTo(key).hasSameHashCodeAs(key);
    assertThat(SigningKey.ofSeed("y", SignatureType.ED25519, seed).verifierKey()).isNotEqualTo(key);
    assertThat(SigningKey.ofSeed("x", SignatureType.COSIGNATURE, seed).verifierKey())
        .isNotEqualTo(key);
    seed[0] = 1;
    assertThat(SigningKey.ofSeed("x", SignatureType.ED25519, seed).verifierKey()).isNotEqualTo(key);
  }

  @Test
  void logsDoNotCosignAndWitnessesDoNotSign() throws Exception {
    Checkpoint checkpoint = new Checkpoint("x", 0, TreeHash.emptyRoot());
    assertThatIllegalStateException()
        .isThrownBy(() -> key("x", SignatureType.ED25519).cosign(checkpoint, Instant.EPOCH));
    assertThatIllegalStateException()
        .isThrownBy(() -> key("x", SignatureType.COSIGNATURE).sign("text\n"));
  }

  private static SigningKey key(String name, SignatureType type) throws Exception {
    return SigningKey.generate(name, type, new SecureRandom());
  }
}
