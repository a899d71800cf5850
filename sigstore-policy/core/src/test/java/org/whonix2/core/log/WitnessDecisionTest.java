package org.whonix2.core.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.whonix2.core.log.SignatureType.ED25519;
import static org.whonix2.core.log.SimulatedLog.ALPHA;
import static org.whonix2.core.log.SimulatedLog.BETA;
import static org.whonix2.core.log.SimulatedLog.KEY;
import static org.whonix2.core.log.SimulatedLog.NOW;
import static org.whonix2.core.log.SimulatedLog.ORIGIN;
import static org.whonix2.core.log.SimulatedLog.TRUSTED;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.whonix2.core.Base64Text;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.digest.Sha256;

/** The statuses of C2SP tlog-witness, "add-checkpoint". */
class WitnessDecisionTest {
  private static final Optional<Checkpoint> NONE = Optional.empty();
  private static final Sha256 OTHER_ROOT = Sha256.of(new byte[] {1});

  private static SimulatedLog log(int size) {
    return new SimulatedLog("honest", size);
  }

  private static Optional<Checkpoint> knows(int size) {
    return Optional.of(log(size).head());
  }

  private static List<Sha256> proof(int oldSize, int newSize) throws Exception {
    return ConsistencyProof.prove(log(newSize).reader(), oldSize, newSize);
  }

  private static WitnessDecision decide(
      Optional<Checkpoint> cosigned, int oldSize, List<Sha256> proof, SignedNote note)
      throws Exception {
    AddCheckpoint request = AddCheckpoint.of(oldSize, proof, note);
    return WitnessDecision.decide(
        AddCheckpoint.parse(request.toBytes()), Optional.of(TRUSTED), cosigned);
  }

  @Test
  void honestGrowthIsCosigned() throws Exception {
    assertThat(decide(NONE, 0, List.of(), log(5).head().sign(KEY)).status()).isEqualTo(200);
    for (int oldSize = 1; oldSize <= 20; oldSize++) {
      WitnessDecision decision =
          decide(knows(oldSize), oldSize, proof(oldSize, 20), log(20).head().sign(KEY));
      assertThat(decision.status()).isEqualTo(200);
    }
  }

  @Test
  void theSameTreeIsCosignedAgain() throws Exception {
    assertThat(decide(knows(5), 5, List.of(), log(5).head().sign(KEY)).status()).isEqualTo(200);
    assertThat(decide(NONE, 0, List.of(), log(0).head().sign(KEY)).status()).isEqualTo(200);
    assertThat(decide(knows(0), 0, List.of(), log(0).head().sign(KEY)).status()).isEqualTo(200);
  }

  @Test
  void whatIsCosignedVerifiesAndCarriesNoStrangersLines() throws Exception {
    SignedNote note = log(5).publish(NOW, BETA).note();
    WitnessDecision decision = decide(NONE, 0, List.of(), note);
    SignedNote cosigned = ((WitnessDecision.Cosign) decision).checkpoint().cosign(ALPHA, NOW);
    assertThat(cosigned.signatures()).hasSize(2);
    assertThat(cosigned.open(List.of(KEY.verifierKey(), ALPHA.verifierKey())))
        .isEqualTo(new NoteVerification.Verified(List.of(KEY.verifierKey(), ALPHA.verifierKey())));
    byte[] answer = AddCheckpoint.formatCosignature(cosigned.signatures().get(1));
    assertThat(
            AddCheckpoint.parseCosignature(answer, ALPHA.verifierKey(), log(5).head())
                .map(Cosignature::time))
        .contains(NOW);
    assertThat(AddCheckpoint.parseCosignature(answer, BETA.verifierKey(), log(5).head())).isEmpty();
    assertThat(AddCheckpoint.parseCosignature(answer, ALPHA.verifierKey(), log(6).head()))
        .isEmpty();
  }

  @Test
  void anOldSizeAboveTheNewOneIs400() throws Exception {
    WitnessDecision decision = decide(knows(9), 9, List.of(), log(5).head().sign(KEY));
    assertThat(decision.status()).isEqualTo(400);
    assertThat(decision)
        .isEqualTo(new WitnessDecision.BadRequest("expected an old size of at most 5, found 9"));
  }

  @Test
  void noSignatureOfTheLogIs403() throws Exception {
    Checkpoint head = log(5).head();
    SignedNote unsigned = SimulatedLog.note(head.format(), List.of(ALPHA.cosign(head, NOW)));
    assertThat(decide(NONE, 0, List.of(), unsigned).status()).isEqualTo(403);
  }

  @Test
  void aBadSignatureOfTheLogIs403EvenBesideAGoodOne() throws Exception {
    String text = log(5).head().format();
    SignedNote note =
        SimulatedLog.note(text, List.of(KEY.sign(text), KEY.sign(log(6).head().format())));
    assertThat(decide(NONE, 0, List.of(), note).status()).isEqualTo(403);
  }

  @Test
  void anUnknownOriginIs404() throws Exception {
    AddCheckpoint request = AddCheckpoint.of(0, List.of(), log(5).head().sign(KEY));
    assertThat(WitnessDecision.decide(request, Optional.empty(), NONE).status()).isEqualTo(404);
  }

  @Test
  void anotherSizeThanTheOneCosignedIs409AndSaysWhich() throws Exception {
    for (int oldSize : new int[] {0, 1, 3, 5}) {
      WitnessDecision decision =
          decide(knows(4), oldSize, proof(oldSize, 5), log(5).head().sign(KEY));
      assertThat(decision).isEqualTo(new WitnessDecision.Conflict(4));
      assertThat(decision.status()).isEqualTo(409);
      assertThat(decision.body()).isEqualTo("4\n");
      assertThat(AddCheckpoint.parseConflict(decision.body().getBytes(StandardCharsets.UTF_8)))
          .isEqualTo(4);
    }
    assertThat(decide(NONE, 3, proof(3, 5), log(5).head().sign(KEY)))
        .isEqualTo(new WitnessDecision.Conflict(0));
  }

  @Test
  void aForkIs409WhereTheSizesAreEqualAnd422Otherwise() throws Exception {
    SignedNote forked = log(5).rewrite(2).head().sign(KEY);
    assertThat(decide(knows(5), 5, List.of(), forked)).isEqualTo(new WitnessDecision.Conflict(5));
    assertThat(decide(knows(4), 4, proof(4, 5), forked).status()).isEqualTo(422);
    List<Sha256> theirs = ConsistencyProof.prove(log(5).rewrite(2).reader(), 4, 5);
    assertThat(decide(knows(4), 4, theirs, forked).status()).isEqualTo(422);
  }

  @Test
  void aProofOfAnotherLengthIs422() throws Exception {
    SignedNote note = log(5).head().sign(KEY);
    List<Sha256> longer = new ArrayList<>(proof(3, 5));
    longer.add(OTHER_ROOT);
    assertThat(decide(knows(3), 3, longer, note).status()).isEqualTo(422);
    assertThat(decide(knows(3), 3, List.of(), note).status()).isEqualTo(422);
    assertThat(decide(knows(5), 5, List.of(OTHER_ROOT), note).status()).isEqualTo(422);
    assertThat(decide(NONE, 0, List.of(OTHER_ROOT), note).status()).isEqualTo(422);
  }

  @Test
  void anEmptyTreeWithAnotherRootIs422() throws Exception {
    SignedNote note = new Checkpoint(ORIGIN, 0, OTHER_ROOT).sign(KEY);
    assertThat(decide(NONE, 0, List.of(), note).status()).isEqualTo(422);
  }

  @Test
  void everyRefusalSaysWhyInALine() throws Exception {
    SignedNote note = log(5).head().sign(KEY);
    for (WitnessDecision refusal :
        List.of(
            new WitnessDecision.UnknownLog(),
            decide(knows(9), 9, List.of(), note),
            decide(knows(4), 4, List.of(), note),
            decide(NONE, 0, List.of(), log(5).head().sign(SimulatedLog.key(ORIGIN, ED25519))))) {
      assertThat(refusal.body()).matches("[a-z].{10,}\n");
    }
    WitnessDecision cosign = decide(NONE, 0, List.of(), note);
    assertThatIllegalStateException().isThrownBy(cosign::body);
  }

  @Test
  void noRequestIsMadeOutOfBounds() {
    SignedNote note = log(5).head().sign(KEY);
    assertThatIllegalArgumentException().isThrownBy(() -> AddCheckpoint.of(-1, List.of(), note));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> AddCheckpoint.of(3, Collections.nCopies(64, OTHER_ROOT), note));
  }

  @Test
  void sixtyThreeHashesAreReadAndNoMore() throws Exception {
    String line = Base64Text.of(OTHER_ROOT.toByteArray()) + "\n";
    String note = log(5).head().sign(KEY).toString();
    AddCheckpoint.parse(bytes("old 3\n" + line.repeat(63) + "\n" + note));
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> AddCheckpoint.parse(bytes("old 3\n" + line.repeat(64) + "\n" + note)))
        .withMessageStartingWith("add-checkpoint request, line 65: expected an empty line");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "old\n\n%s",
        "old 3\n%s",
        "old 03\n\n%s",
        "old -3\n\n%s",
        "old 3 \n\n%s",
        "new 3\n\n%s",
        "old 3\r\n\n%s",
        "old 3\nAAAA\n\n%s",
        "old 3\n\n",
        "old 3\n\ntext\n\n— name AAAAAAA=\n",
      })
  void otherRequestsAreMalformed(String request) {
    String body = request.formatted(log(5).head().sign(KEY).toString());
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> AddCheckpoint.parse(bytes(body)));
  }

  @Test
  void otherAnswersAreMalformed() {
    for (String answer : List.of("", "4", "4\n4\n", "04\n", "four\n", "4".repeat(80) + "\n")) {
      assertThatExceptionOfType(MalformedInputException.class)
          .isThrownBy(() -> AddCheckpoint.parseConflict(bytes(answer)));
    }
    String lines = String.join("", Collections.nCopies(65, "— name AAAAAAA=\n"));
    for (String answer : List.of("", "hello\n", "\n", lines)) {
      assertThatExceptionOfType(MalformedInputException.class)
          .isThrownBy(
              () ->
                  AddCheckpoint.parseCosignature(
                      bytes(answer), ALPHA.verifierKey(), log(5).head()));
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
