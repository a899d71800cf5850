package org.whonix2.core.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.whonix2.core.log.SimulatedLog.ALPHA;
import static org.whonix2.core.log.SimulatedLog.BETA;
import static org.whonix2.core.log.SimulatedLog.KEY;
import static org.whonix2.core.log.SimulatedLog.witness;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What a quorum and a trusted log must not be configured to be. */
class TrustTest {
  private static final Witness ONE = witness("one", "alpha", ALPHA);
  private static final Witness TWO = witness("two", "beta", BETA);

  @Test
  void aThresholdIsFromOneToTheNumberOfOperators() {
    Witness alsoAlphas = witness("two", "alpha", BETA);
    refused(() -> new WitnessQuorum(0, List.of(ONE)), "from 1");
    refused(() -> new WitnessQuorum(-1, List.of(ONE)), "from 1");
    refused(() -> new WitnessQuorum(0, List.of()), "from 1");
    refused(
        () -> new WitnessQuorum(3, List.of(ONE, TWO)),
        "1 to 2, the number of those asked, found 3");
    refused(
        () -> new WitnessQuorum(2, List.of(ONE, alsoAlphas)),
        "1 to 1, the number of those asked, found 2");
  }

  @Test
  void aWitnessIsListedOnce() {
    refused(
        () -> new WitnessQuorum(1, List.of(ONE, witness("one", "beta", BETA))),
        "witness one is listed twice");
    refused(
        () -> new WitnessQuorum(1, List.of(ONE, witness("two", "beta", ALPHA))),
        "witnesses one and two have one key");
  }

  @Test
  void aQuorumHasAtMostThirtyTwoWitnesses() {
    List<Witness> witnesses =
        IntStream.rangeClosed(1, 33)
            .mapToObj(i -> "w" + i)
            .map(name -> witness(name, name, SimulatedLog.key(name, SignatureType.COSIGNATURE)))
            .toList();
    assertThat(new WitnessQuorum(2, witnesses.subList(0, 32)).witnesses()).hasSize(32);
    refused(() -> new WitnessQuorum(2, witnesses), "at most 32 witnesses, found 33");
  }

  @Test
  void oneKeyUnderTwoNamesIsOneKey() throws Exception {
    byte[] seed = new byte[32];
    SigningKey here = SigningKey.ofSeed("a.example", SignatureType.COSIGNATURE, seed);
    SigningKey there = SigningKey.ofSeed("b.example", SignatureType.COSIGNATURE, seed);
    refused(
        () -> new WitnessQuorum(2, List.of(witness("a", "a", here), witness("b", "b", there))),
        "have one key");
  }

  @Test
  void logsAndWitnessesHaveKeysOfTheirOwnKind() {
    refused(() -> witness("one", "alpha", KEY), "expected a cosignature key");
    refused(() -> TrustedLog.of(ALPHA.verifierKey()), "expected keys of type 1");
    refused(() -> new TrustedLog("x", List.of()), "expected 1 to 8 different keys");
    refused(
        () -> new TrustedLog("x", List.of(KEY.verifierKey(), KEY.verifierKey())),
        "expected 1 to 8 different keys");
    refused(() -> new TrustedLog("", List.of(KEY.verifierKey())), "expected an origin");
    refused(() -> new Witness(" ", "alpha", ALPHA.verifierKey()), "with a name");
    refused(() -> new Witness("one", " ", ALPHA.verifierKey()), "with a name and an operator");
  }

  @Test
  void aLogHasAtMostEightKeys() {
    List<VerifierKey> keys =
        IntStream.rangeClosed(1, 9)
            .mapToObj(i -> SimulatedLog.key("x", SignatureType.ED25519).verifierKey())
            .toList();
    assertThat(new TrustedLog("x", keys.subList(0, 8)).keys()).hasSize(8);
    refused(() -> new TrustedLog("x", keys), "expected 1 to 8 different keys");
    assertThat(TrustedLog.of(keys.get(0))).isEqualTo(new TrustedLog("x", keys.subList(0, 1)));
  }

  private static void refused(Runnable making, String message) {
    assertThatIllegalArgumentException().isThrownBy(making::run).withMessageContaining(message);
  }
}
