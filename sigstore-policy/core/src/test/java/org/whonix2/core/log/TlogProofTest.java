package org.whonix2.core.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.whonix2.core.log.SimulatedLog.ALPHA;
import static org.whonix2.core.log.SimulatedLog.BETA;
import static org.whonix2.core.log.SimulatedLog.NOW;
import static org.whonix2.core.log.SimulatedLog.QUORUM;
import static org.whonix2.core.log.SimulatedLog.TRUSTED;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.whonix2.core.Base64Text;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.digest.Sha256;

class TlogProofTest {
  private static final SimulatedLog LOG = new SimulatedLog("honest", 13).publish();

  private static TlogProof proof(int index) throws Exception {
    return TlogProof.of(index, InclusionProof.prove(LOG.reader(), index, 13), LOG.note());
  }

  private static ProofVerification verify(TlogProof proof, int entry) {
    return proof.verify(LOG.leaf(entry), TRUSTED, QUORUM, NOW);
  }

  @Test
  void everyEntryHasAProofThatReadsAsItWrites() throws Exception {
    for (int index = 0; index < 13; index++) {
      TlogProof read = TlogProof.parse(proof(index).toBytes());
      assertThat(read).hasToString(proof(index).toString());
      assertThat(read.index()).isEqualTo(index);
      assertThat(read.path()).isEqualTo(proof(index).path()).isNotEmpty();
      assertThat(read.checkpoint()).isEqualTo(LOG.note());
      assertThat(verify(read, index)).isInstanceOf(ProofVerification.Verified.class);
      assertThat(verify(read, (index + 1) % 13)).isInstanceOf(ProofVerification.Rejected.class);
    }
    assertThat(proof(3).toString()).startsWith("c2sp.org/tlog-proof@v1\nindex 3\n");
  }

  @Test
  void everyChangedByteFails() throws Exception {
    byte[] good = proof(5).toBytes();
    for (int at = 0; at < good.length; at++) {
      byte[] changed = good.clone();
      changed[at] ^= 1;
      assertThat(accepts(changed)).as("byte %d", at).isFalse();
    }
    assertThat(accepts(good)).isTrue();
  }

  @Test
  void everyTruncationFails() throws Exception {
    byte[] good = proof(5).toBytes();
    for (int length = 0; length < good.length; length++) {
      assertThat(accepts(Arrays.copyOf(good, length))).isFalse();
    }
  }

  private static boolean accepts(byte[] bytes) {
    try {
      return verify(TlogProof.parse(bytes), 5) instanceof ProofVerification.Verified;
    } catch (MalformedInputException e) {
      return false;
    }
  }

  @Test
  void aCheckpointThatTheLogDidNotSignIsRefused() throws Exception {
    Checkpoint head = LOG.head();
    List<NoteSignature> lines = List.of(ALPHA.cosign(head, NOW), BETA.cosign(head, NOW));
    TlogProof proof = TlogProof.of(5, proof(5).path(), SimulatedLog.note(head.format(), lines));
    assertThat(verify(proof, 5))
        .isEqualTo(
            new ProofVerification.Rejected(
                "expected a signature by log log.example.org/test on its checkpoint, found none"));
  }

  @Test
  void tooFewWitnessesAreRefused() throws Exception {
    SimulatedLog log = new SimulatedLog("honest", 13).publish(NOW, ALPHA);
    TlogProof proof = TlogProof.of(5, proof(5).path(), log.note());
    assertThat(verify(proof, 5))
        .isInstanceOfSatisfying(
            ProofVerification.Rejected.class,
            rejected -> assertThat(rejected.reason()).startsWith("expected cosignatures by 2"));
  }

  @Test
  void extraDataIsKeptAndTrustedForNothing() throws Exception {
    String text = proof(5).toString().replace("index", "extra aGVsbG8=\nindex");
    TlogProof read = TlogProof.parse(text.getBytes(StandardCharsets.UTF_8));
    assertThat(read).hasToString(text);
    assertThat(read.extra()).asString(StandardCharsets.UTF_8).isEqualTo("hello");
    assertThat(verify(read, 5)).isInstanceOf(ProofVerification.Verified.class);
  }

  @ParameterizedTest
  @CsvSource({
    "c2sp.org/tlog-proof@v1, c2sp.org/tlog-proof@v2",
    "index 5, index 05",
    "index 5, index -5",
    "index 5, index  5",
    "index 5, Index 5",
    "index 5, extra ",
    "index 5, extra aGVsbG8",
    "index 5, index 9223372036854775808",
  })
  void otherTextIsRefused(String from, String to) throws Exception {
    String text = proof(5).toString();
    assertThat(text).contains(from);
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> TlogProof.parse(text.replace(from, to).getBytes(StandardCharsets.UTF_8)))
        .withMessageStartingWith("tlog proof, line ");
  }

  @Test
  void sixtyThreeHashesAreReadAndNoMore() throws Exception {
    String line = Base64Text.of(TreeHash.emptyRoot().toByteArray()) + "\n";
    String start = "c2sp.org/tlog-proof@v1\nindex 5\n";
    String most = start + line.repeat(63) + "\n" + LOG.note();
    TlogProof proof = TlogProof.parse(most.getBytes(StandardCharsets.UTF_8));
    assertThat(verify(proof, 5)).isInstanceOf(ProofVerification.Rejected.class);
    String more = start + line.repeat(64) + "\n" + LOG.note();
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> TlogProof.parse(more.getBytes(StandardCharsets.UTF_8)))
        .withMessageStartingWith("tlog proof, line 66: expected an empty line");
  }

  @Test
  void noProofIsMadeOutOfBounds() {
    List<Sha256> longest = Collections.nCopies(63, TreeHash.emptyRoot());
    assertThat(TlogProof.of(0, longest, LOG.note()).path()).isEqualTo(longest);
    assertThatIllegalArgumentException().isThrownBy(() -> TlogProof.of(-1, List.of(), LOG.note()));
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> TlogProof.of(0, Collections.nCopies(64, TreeHash.emptyRoot()), LOG.note()));
  }
}
