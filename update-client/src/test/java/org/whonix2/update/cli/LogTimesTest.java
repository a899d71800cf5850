package org.whonix2.update.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A box keeps by when entries stood in the log, and {@code minAge} goes by that. */
class LogTimesTest extends BoxTest {
  private static final Duration HOUR = Duration.ofHours(1);
  private static final Duration MORE_THAN_A_DAY = Duration.ofHours(25);

  @BeforeEach
  void logBothAttestations() throws Exception {
    signedAt = Instant.now().minus(Duration.ofDays(3));
    logBoth();
  }

  private void askForADay() throws Exception {
    edit("veto: ", "rules: [{packages: ['*'], source: {minAge: 24h}}]\nveto: ");
  }

  private void cosignedBefore(Duration age) {
    log.cosignedAt = Instant.ofEpochSecond(Instant.now().minus(age).getEpochSecond());
  }

  private void grow() {
    log.entries.add(("other " + log.entries.size()).getBytes(StandardCharsets.UTF_8));
  }

  private Path times() throws Exception {
    try (Stream<Path> logs = Files.list(folder.resolve("state/update/logs"))) {
      return logs.findFirst().orElseThrow().resolve("times");
    }
  }

  private static String line(int size, Instant time) {
    return size + " " + time.getEpochSecond() + "\n";
  }

  @Test
  void aSyncWritesByWhenTheTreeWasCosignedAndALaterOneKeepsTheEarlier() throws Exception {
    cosignedBefore(MORE_THAN_A_DAY);
    Instant first = log.cosignedAt;
    assertThat(sync()).isZero();
    assertThat(sealed(times())).isEqualTo(line(2, first));
    cosignedBefore(HOUR);
    assertThat(sync()).isZero();
    assertThat(sealed(times())).as("the same tree, cosigned again").isEqualTo(line(2, first));
    grow();
    assertThat(sync()).isZero();
    assertThat(sealed(times())).isEqualTo(line(2, first) + line(3, log.cosignedAt));
  }

  @Test
  void aVoteIsTooYoungAndThenOldEnough() throws Exception {
    askForADay();
    cosignedBefore(HOUR);
    assertThat(sync()).isZero();
    assertThat(tickets().all()).isEmpty();
    assertThat(verify(deb)).isEqualTo(1);
    assertThat(out)
        .contains(
            "refused: this box knows of the quorum since " + log.cosignedAt + ", not yet for PT24H",
            "hint: wait until " + log.cosignedAt.plus(Duration.ofDays(1)));
    // A day later, seen from there.
    seal(times(), line(2, log.cosignedAt.minus(Duration.ofDays(1))));
    assertThat(verify(deb)).isZero();
    assertThat(sync()).isZero();
    assertThat(tickets().all()).hasSize(1);
  }

  @Test
  void aVoteStaysAsOldAsItWasWhenTheLogGrows() throws Exception {
    askForADay();
    cosignedBefore(MORE_THAN_A_DAY);
    assertThat(sync()).isZero();
    grow();
    cosignedBefore(Duration.ZERO);
    assertThat(sync()).isZero();
    assertThat(verify(deb)).isZero();
  }

  @Test
  void lostOrDamagedTimesMakeVotesYoungerAndAreNoError() throws Exception {
    askForADay();
    cosignedBefore(MORE_THAN_A_DAY);
    assertThat(sync()).isZero();
    assertThat(verify(deb)).isZero();
    grow();
    cosignedBefore(Duration.ZERO);
    assertThat(sync()).isZero();
    String whole = sealed(times());
    for (String damaged :
        new String[] {
          "",
          "2",
          whole.substring(0, whole.length() - 1),
          whole + "x",
          whole.replace(" ", "  "),
          line(3, signedAt) + line(2, signedAt),
        }) {
      seal(times(), damaged);
      assertThat(verify(deb)).as(damaged).isEqualTo(1);
      assertThat(out).as(damaged).contains("this box knows of the quorum since ");
    }
    Files.delete(times());
    assertThat(verify(deb)).isEqualTo(1);
    assertThat(sync()).isZero();
    assertThat(sealed(times())).isEqualTo(line(3, log.cosignedAt));
    assertThat(verify(deb)).isEqualTo(1);
    seal(times(), "nonsense");
    assertThat(sync()).isZero();
    assertThat(sealed(times())).as("written anew").isEqualTo(line(3, log.cosignedAt));
    seal(times(), whole);
    assertThat(verify(deb)).isZero();
  }
}
