package org.whonix2.core.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import org.junit.jupiter.api.Test;

class CosignatureTest {
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
  void theCosignatureIsTheCheckValue() throws Exception {
    SigningKey witness =
        SigningKey.ofSeed(
            "Wit1", SignatureType.COSIGNATURE, Base64.getDecoder().decode(WITNESS_SEED));
    Instant time = Instant.ofEpochSecond(1_679_315_147);
    NoteSignature made = witness.cosign(Checkpoint.parse(CHECKPOINT), time);
    assertThat(witness.vkey()).isEqualTo(WITNESS_KEY);
    assertThat(made).hasToString(COSIGNATURE);
    assertThat(Cosignature.verify(VerifierKey.parse(WITNESS_KEY), CHECKPOINT, made))
        .hasValueSatisfying(
            cosignature -> {
              assertThat(cosignature.time()).isEqualTo(time);
              assertThat(cosignature.witness()).isEqualTo(witness.verifierKey());
              assertThat(cosignature.signature()).isEqualTo(made);
            });
  }

  @Test
  void aKeyTellsWhenItCosignedAndNothingOfOtherTextsOrKeys() throws Exception {
    VerifierKey witness = VerifierKey.parse(WITNESS_KEY);
    NoteSignature line = NoteSignature.parse(COSIGNATURE);
    assertThat(witness.cosignedAt(CHECKPOINT, line)).contains(Instant.ofEpochSecond(1_679_315_147));
    assertThat(witness.cosignedAt(CHECKPOINT.replace("15", "16"), line)).isEmpty();
    VerifierKey other =
        SigningKey.ofSeed("Wit1", SignatureType.COSIGNATURE, new byte[32]).verifierKey();
    assertThat(other.cosignedAt(CHECKPOINT, line)).isEmpty();
  }

  @Test
  void signatureLinesAreEqualByNameAndBytes() throws Exception {
    NoteSignature line = NoteSignature.parse(COSIGNATURE);
    assertThat(NoteSignature.parse(line.toString())).isEqualTo(line).hasSameHashCodeAs(line);
    assertThat(NoteSignature.parse(COSIGNATURE.replace("Wit1", "Wit2"))).isNotEqualTo(line);
    assertThat(NoteSignature.parse(COSIGNATURE.replace("2V3AQ==", "2V3Ag=="))).isNotEqualTo(line);
    assertThat(NoteSignature.parse(COSIGNATURE.replace("mz+y", "mz+z"))).isNotEqualTo(line);
  }

  @Test
  void timesReachToTheEndOfTheYear9999() throws Exception {
    SigningKey witness = SimulatedLog.ALPHA;
    Instant last = Instant.parse("9999-12-31T23:59:59Z");
    NoteSignature line = witness.cosign(Checkpoint.parse(CHECKPOINT), last);
    assertThat(Cosignature.verify(witness.verifierKey(), CHECKPOINT, line))
        .map(Cosignature::time)
        .contains(last);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> witness.cosign(Checkpoint.parse(CHECKPOINT), last.plusSeconds(1)));
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
  void aLogsSignatureIsNoCosignatureOfTheSameKey() throws Exception {
    byte[] seed = Base64.getDecoder().decode(WITNESS_SEED);
    SigningKey log = SigningKey.ofSeed("x", SignatureType.ED25519, seed);
    SigningKey witness = SigningKey.ofSeed("x", SignatureType.COSIGNATURE, seed);
    NoteSignature byLog = log.sign(CHECKPOINT);
    assertThat(witness.verifierKey().verify(CHECKPOINT, byLog)).isFalse();
    assertThat(log.verifierKey().keyId()).isNotEqualTo(witness.verifierKey().keyId());
  }

  @Test
  void timesThatAreNoneAreNotVerified() throws Exception {
    SigningKey witness = SimulatedLog.ALPHA;
    for (long time : new long[] {0, -1, Long.MIN_VALUE, 253_402_300_800L, Long.MAX_VALUE}) {
      byte[] message =
          ("cosignature/v1\ntime " + time + "\n" + CHECKPOINT).getBytes(StandardCharsets.UTF_8);
      byte[] signature = witness.signRaw(message);
      byte[] bytes = ByteBuffer.allocate(72).putLong(time).put(signature).array();
      NoteSignature line = NoteSignature.by(witness.verifierKey(), bytes);
      assertThat(Cosignature.verify(witness.verifierKey(), CHECKPOINT, line)).isEmpty();
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> witness.cosign(Checkpoint.parse(CHECKPOINT), Instant.EPOCH));
  }

  @Test
  void signaturesOfAnotherLengthAreNotVerified() throws Exception {
    NoteSignature good = NoteSignature.parse(COSIGNATURE);
    VerifierKey witness = VerifierKey.parse(WITNESS_KEY);
    for (int length = 0; length <= 80; length++) {
      NoteSignature line = NoteSignature.by(witness, Arrays.copyOf(good.bytes(), length));
      assertThat(witness.verify(CHECKPOINT, line)).isEqualTo(length == 72);
    }
  }
}
