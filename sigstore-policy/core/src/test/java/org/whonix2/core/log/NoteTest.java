package org.whonix2.core.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.whonix2.core.MalformedInputException;

class NoteTest {
  /** The example of C2SP signed-note, "Verifier keys". */
  private static final String EXAMPLE_KEY =
      "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";

  private static final String EXAMPLE =
      """
      This is an example message.

      — example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=
      """;

  /** The seed of Tessera's test witness "Wit1", and its key as a cosignature key. */
  private static final String WITNESS_SEED = "5p1GIbtczheKJ4IfMPyXHKxczBxWLLmdiyhdRFYauUQ=";

  private static final String WITNESS_KEY =
      "Wit1+9b3fb2d5+BFhZSmQj9+SoL+p/nN0Hh76xXmF7QcHfytUrI1XfSClk";

  private static final String CHECKPOINT =
      """
      example.com/log/testdata
      15
      rKbDipCvhuX1GZ7g5BBe8sA6BbJ7ja/1nk427v383cs=
      """;

  private static final String COSIGNATURE =
      "— Wit1 mz+y1QAAAABkGFDLi4zi/+2kU/5P/4hpCkNoBjvoRHwqkmsDuocW+0ObiIxdYaW7bwTBaMLGHYwvM5lh63uUblihMBNMSJQRd2V3AQ==";

  @Test
  void theSpecificationsExampleVerifies() throws Exception {
    VerifierKey key = VerifierKey.parse(EXAMPLE_KEY);
    SignedNote note = SignedNote.parse(bytes(EXAMPLE));
    assertThat(key).hasToString(EXAMPLE_KEY);
    assertThat(note.text()).isEqualTo("This is an example message.\n");
    assertThat(note).hasToString(EXAMPLE);
    assertThat(note.open(List.of(key))).isEqualTo(new NoteVerification.Verified(List.of(key)));
  }

  @Test
  void everyChangedByteOfANoteFails() throws Exception {
    VerifierKey key = VerifierKey.parse(EXAMPLE_KEY);
    byte[] note = bytes(EXAMPLE);
    for (int at = 0; at < note.length; at++) {
      for (int bit = 0; bit < 8; bit++) {
        byte[] changed = note.clone();
        changed[at] ^= (byte) (1 << bit);
        assertThat(opens(changed, key)).as("byte %d, bit %d", at, bit).isFalse();
      }
    }
  }

  @Test
  void everyTruncationOfANoteFails() throws Exception {
    VerifierKey key = VerifierKey.parse(EXAMPLE_KEY);
    for (int length = 0; length < bytes(EXAMPLE).length; length++) {
      assertThat(opens(Arrays.copyOf(bytes(EXAMPLE), length), key)).isFalse();
    }
  }

  @Test
  void everyChangedCharacterOfAKeyFails() throws Exception {
    byte[] note = bytes(EXAMPLE);
    for (int at = 0; at < EXAMPLE_KEY.length(); at++) {
      char[] changed = EXAMPLE_KEY.toCharArray();
      changed[at] = (char) (changed[at] ^ 1);
      String vkey = String.valueOf(changed);
      assertThatExceptionOfType(MalformedInputException.class)
          .as(vkey)
          .isThrownBy(() -> VerifierKey.parse(vkey));
    }
    assertThat(opens(note, VerifierKey.parse(EXAMPLE_KEY))).isTrue();
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

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "text\n",
        "text\n\n",
        "text\n\nno signature\n",
        "text\n\n— name AAAAAAA=",
        "text\n\n— name AAAAAA==\n",
        "text\n\n— name AAAAAAA\n",
        "text\n\n— name AAAAAAB=\n",
        "text\n\n—  AAAAAAA=\n",
        "text\n\n— na+me AAAAAAA=\n",
        "text\n\n— name AAAAAAA= \n",
        "text\n\n- name AAAAAAA=\n",
        "text\n\n— name\tAAAAAAA=\n",
        "te\txt\n\n— name AAAAAAA=\n",
        "text\r\n\n— name AAAAAAA=\n",
        "text\n\n— name AAAAAAA=\nx",
      })
  void otherNotesAreRefused(String note) {
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> SignedNote.parse(bytes(note)));
  }

  @Test
  void bytesThatAreNotUtf8AreRefused() {
    byte[] note = bytes("text\n\n— name AAAAAAA=\n");
    note[0] = (byte) 0xff;
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> SignedNote.parse(note))
        .withMessage("signed note: expected UTF-8, found other bytes");
  }

  @Test
  void sixtyFourSignaturesAreTakenAndNoMore() throws Exception {
    String line = "— name AAAAAAA=\n";
    SignedNote.parse(bytes("text\n\n" + line.repeat(64)));
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> SignedNote.parse(bytes("text\n\n" + line.repeat(65))))
        .withMessageStartingWith("signed note's signatures, line 65: expected at most 64");
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(
            () -> SignedNote.parse(bytes("t".repeat(SignedNote.MAX_BYTES) + "\n\n" + line)));
  }

  @Test
  void unknownKeysAreIgnoredAndAKnownKeysBadSignatureRejects() throws Exception {
    SigningKey known = key("known", SignatureType.ED25519);
    SigningKey unknown = key("unknown", SignatureType.ED25519);
    NoteSignature good = known.sign("text\n");
    NoteSignature stray = unknown.sign("text\n");
    NoteSignature bad = known.sign("other text\n");
    List<VerifierKey> keys = List.of(known.verifierKey());

    assertThat(SignedNote.of("text\n", List.of(stray, good, good)).open(keys))
        .isEqualTo(new NoteVerification.Verified(keys));
    assertThat(SignedNote.of("text\n", List.of(stray)).open(keys))
        .isEqualTo(new NoteVerification.Unsigned());
    assertThat(SignedNote.of("text\n", List.of(good, bad)).open(keys))
        .isEqualTo(new NoteVerification.BadSignature(known.verifierKey()));
  }

  @Test
  void aLogsSignatureIsNoCosignatureOfTheSameKey() throws Exception {
    byte[] seed = Base64.getDecoder().decode(WITNESS_SEED);
    SigningKey log = SigningKey.ofSeed("x", SignatureType.ED25519, seed);
    SigningKey witness = SigningKey.ofSeed("x", SignatureType.COSIGNATURE, seed);
    NoteSignature byLog = log.sign(CHECKPOINT);
    assertThat(witness.verifierKey().verify(CHECKPOINT, byLog)).isFalse();
    assertThat(log.verifierKey().keyId()).isNotEqualTo(witness.verifierKey().keyId());
  }

  @Test
  void theCosignatureIsTheCheckValue() throws Exception {
    SigningKey witness =
        SigningKey.ofSeed(
            "Wit1", SignatureType.COSIGNATURE, Base64.getDecoder().decode(WITNESS_SEED));
    Instant time = Instant.ofEpochSecond(1_679_315_147);
    NoteSignature made = witness.cosign(Checkpoint.parse(CHECKPOINT), time);
    assertThat(witness.vkey()).isEqualTo(WITNESS_KEY);
    assertThat(made).hasToString(COSIGNATURE);
    assertThat(Cosignature.verify(VerifierKey.parse(WITNESS_KEY), CHECKPOINT, made))
        .map(Cosignature::time)
        .contains(time);
  }

  @Test
  void everyChangedByteOfACosignatureFails() throws Exception {
    VerifierKey witness = VerifierKey.parse(WITNESS_KEY);
    String base64 = COSIGNATURE.substring(COSIGNATURE.lastIndexOf(' ') + 1);
    byte[] blob = Base64.getDecoder().decode(base64);
    for (int at = 0; at < blob.length; at++) {
      byte[] changed = blob.clone();
      changed[at] ^= 1;
      NoteSignature line =
          NoteSignature.parse("— Wit1 " + Base64.getEncoder().encodeToString(changed));
      assertThat(Cosignature.verify(witness, CHECKPOINT, line)).as("byte %d", at).isEmpty();
    }
    NoteSignature line = NoteSignature.parse(COSIGNATURE);
    assertThat(Cosignature.verify(witness, CHECKPOINT.replace("15", "16"), line)).isEmpty();
    assertThat(Cosignature.verify(witness, CHECKPOINT, line)).isPresent();
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
  void checkpointsAreReadStrictly() throws Exception {
    assertThat(Checkpoint.parse(CHECKPOINT).format()).isEqualTo(CHECKPOINT);
    String hash = "rKbDipCvhuX1GZ7g5BBe8sA6BbJ7ja/1nk427v383cs=";
    for (String other :
        List.of(
            "",
            "\n15\n" + hash + "\n",
            "x\n15\n" + hash,
            "x\n015\n" + hash + "\n",
            "x\n-1\n" + hash + "\n",
            "x\n+1\n" + hash + "\n",
            "x\n\u0661\n" + hash + "\n",
            "x\n4611686018427387904\n" + hash + "\n",
            "x\n99999999999999999999\n" + hash + "\n",
            "x\n15\n" + hash.substring(1) + "\n",
            "x\n15\nAAAA\n",
            "x\n15\n" + hash + "\nextension\n",
            "x\n15\n" + hash + "\n\n",
            String.join("", Collections.nCopies(256, "x")) + "\n15\n" + hash + "\n")) {
      assertThatExceptionOfType(MalformedInputException.class)
          .as(other)
          .isThrownBy(() -> Checkpoint.parse(other))
          .withMessageStartingWith("checkpoint, line ");
    }
  }

  private static boolean opens(byte[] note, VerifierKey key) {
    try {
      return SignedNote.parse(note).open(List.of(key)) instanceof NoteVerification.Verified;
    } catch (MalformedInputException e) {
      return false;
    }
  }

  private static SigningKey key(String name, SignatureType type) throws Exception {
    return SigningKey.generate(name, type, new SecureRandom());
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
