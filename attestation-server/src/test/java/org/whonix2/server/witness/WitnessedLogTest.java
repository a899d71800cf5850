package org.whonix2.server.witness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.log.SignatureType;
import org.whonix2.core.log.TrustedLog;
import org.whonix2.core.log.VerifierKey;
import org.whonix2.server.TestLog;

class WitnessedLogTest {
  private static final VerifierKey ONE = key("one.example.org", SignatureType.ED25519);
  private static final VerifierKey TWO = key("two.example.org", SignatureType.ED25519);
  private static final VerifierKey WITNESS = key("w1.example.org", SignatureType.COSIGNATURE);

  private static VerifierKey key(String name, SignatureType type) {
    return TestLog.key(name, type).verifierKey();
  }

  @Test
  void aLogIsNamedByItsKeyOrByItsOrigin() throws Exception {
    assertThat(WitnessedLog.parse(ONE.toString())).isEqualTo(TrustedLog.of(ONE));
    assertThat(WitnessedLog.parse("a tree, of sums," + ONE))
        .isEqualTo(new TrustedLog("a tree, of sums", List.of(ONE)));
  }

  @Test
  void theKeysOfOneOriginAreOneLogs() throws Exception {
    assertThat(
            WitnessedLog.parseAll(
                List.of(ONE.toString(), TWO.toString(), "one.example.org," + TWO)))
        .containsExactly(new TrustedLog("one.example.org", List.of(ONE, TWO)), TrustedLog.of(TWO));
  }

  @Test
  void whatIsNoLogIsRefused() {
    for (List<String> logs :
        List.of(
            List.of(""),
            List.of("one.example.org"),
            List.of("," + ONE),
            List.of(ONE + "," + TWO),
            List.of(WITNESS.toString()),
            List.of("a\nb," + ONE),
            List.of(ONE.toString(), ONE.toString()))) {
      assertThatExceptionOfType(MalformedInputException.class)
          .as(logs.toString())
          .isThrownBy(() -> WitnessedLog.parseAll(logs));
    }
  }
}
