package org.whonix2.core.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.whonix2.core.MalformedInputException;

class CheckpointTest {
  private static final String CHECKPOINT =
      """
      example.com/log/testdata
      15
      rKbDipCvhuX1GZ7g5BBe8sA6BbJ7ja/1nk427v383cs=
      """;

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
            "x".repeat(256) + "\n15\n" + hash + "\n")) {
      assertThatExceptionOfType(MalformedInputException.class)
          .as(other)
          .isThrownBy(() -> Checkpoint.parse(other))
          .withMessageStartingWith("checkpoint, line ");
    }
  }

  @Test
  void complaintsNameTheLine() {
    String hash = "rKbDipCvhuX1GZ7g5BBe8sA6BbJ7ja/1nk427v383cs=";
    Map.of(
            "",
            "line 1: expected the origin, found no whole line",
            "\n15\n" + hash + "\n",
            "line 1: expected an origin of 1 to 255 bytes, found ''",
            "x\n015\n" + hash + "\n",
            "line 2: expected the tree size as a decimal number without leading zeroes, found '015'",
            "x\n15\n" + hash,
            "line 3: expected a hash, found no whole line",
            "x\n15\n" + hash + "\nextension\n",
            "line 4: expected the end, found more")
        .forEach(
            (text, complaint) ->
                assertThatExceptionOfType(MalformedInputException.class)
                    .isThrownBy(() -> Checkpoint.parse(text))
                    .withMessage("checkpoint, " + complaint));
  }

  @Test
  void theOriginIsALineOfText() {
    String longest = "x".repeat(255);
    assertThat(new Checkpoint(longest, 0, TreeHash.emptyRoot()).origin()).isEqualTo(longest);
    for (String origin : List.of("", "two\nlines", "tab\t", "x".repeat(256))) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> new Checkpoint(origin, 0, TreeHash.emptyRoot()));
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Checkpoint("x", -1, TreeHash.emptyRoot()));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Checkpoint("x", TreeSize.MAX + 1, TreeHash.emptyRoot()));
  }

  @Test
  void aStateIsACheckpointAndItsFrontier() throws Exception {
    SimulatedLog log = new SimulatedLog("honest", 5).publish();
    Frontier frontier = Frontier.read(log.reader(), 5);
    assertThat(LogState.of(log.checkpoint(), frontier).size()).isEqualTo(5);
    for (Frontier other :
        List.of(
            Frontier.empty(),
            Frontier.read(log.reader(), 4),
            Frontier.read(new SimulatedLog("other", 5).reader(), 5))) {
      assertThatExceptionOfType(MalformedInputException.class)
          .isThrownBy(() -> LogState.of(log.checkpoint(), other))
          .withMessageStartingWith("expected the frontier of the kept checkpoint, of size 5");
    }
    // A log can sign any size with any root.
    byte[] sameRoot =
        new Checkpoint(SimulatedLog.ORIGIN, 6, frontier.root()).sign(SimulatedLog.KEY).toBytes();
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> LogState.of(sameRoot, frontier));
  }

  @Test
  void frontiersAreReadStrictly() throws Exception {
    String good = Frontier.read(new SimulatedLog("honest", 5).reader(), 5).toString();
    assertThat(Frontier.parse(good)).hasToString(good);
    for (String other :
        List.of(
            "",
            "5\n",
            good.replace("5\n", "4\n"),
            good.replace("5\n", "7\n"),
            good + "\n",
            good.substring(0, good.length() - 1))) {
      assertThatExceptionOfType(MalformedInputException.class)
          .as(other)
          .isThrownBy(() -> Frontier.parse(other))
          .withMessageStartingWith("frontier, line ");
    }
  }
}
