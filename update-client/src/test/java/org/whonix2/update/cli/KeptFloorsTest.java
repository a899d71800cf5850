package org.whonix2.update.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A box goes back neither to an older policy nor to a time that has passed. */
class KeptFloorsTest extends BoxTest {
  private static final String SERIAL_1 = "serial: 1,";
  private static final String ROLLED_BACK =
      "the policy 'test' has serial 1, and 2 was in force before";

  private Path floors;

  @BeforeEach
  void logBothAttestations() throws Exception {
    logBoth();
    floors = folder.resolve("state/update/floors");
  }

  private void acceptUnder(int serial) throws Exception {
    edit(SERIAL_1, "serial: " + serial + ",");
    assertThat(sync()).isZero();
    assertThat(verify(deb)).isZero();
    edit("serial: " + serial + ",", SERIAL_1);
  }

  @Test
  void anOlderPolicyThanTheLastIsRefusedByEveryCommand() throws Exception {
    acceptUnder(2);
    assertThat(verify(deb)).isEqualTo(1);
    assertThat(out).startsWith("refused ").contains("refused: " + ROLLED_BACK);
    assertThat(out).contains("hint: get the newest policy; an older one is never taken back");
    assertThat(sync()).isEqualTo(1);
    assertThat(out).contains("tickets: none, everything is refused: " + ROLLED_BACK);
    assertThat(tickets().all()).isEmpty();
    assertThat(tickets().refusal()).contains(ROLLED_BACK);
    assertThat(status()).isNotZero();
    assertThat(out).contains("refused everything: " + ROLLED_BACK);
    status("--json");
    assertThat(new ObjectMapper().readTree(out).at("/refused/0").asText()).isEqualTo(ROLLED_BACK);
    // Refusing it has not made the box forget the newer one, nor its end.
    assertThat(verify(deb)).isEqualTo(1);
    acceptUnder(2);
  }

  @ParameterizedTest
  @ValueSource(ints = {1_000_000_000, 2026112201, Integer.MAX_VALUE})
  void aLargeSerialIsKeptAndReadAgain(int serial) throws Exception {
    acceptUnder(serial);
    acceptUnder(serial);
    assertThat(verify(deb)).isEqualTo(1);
    assertThat(out).contains("has serial 1, and " + serial + " was in force before");
  }

  @Test
  void aPolicyOfAnotherNameHasItsOwnSerials() throws Exception {
    acceptUnder(2);
    edit("{name: test, ", "{name: other, ");
    assertThat(verify(deb)).isZero();
    assertThat(sync()).isZero();
    assertThat(verify(deb)).isZero();
    edit("{name: other, ", "{name: test, ");
    assertThat(verify(deb)).isEqualTo(1);
  }

  @Test
  void aPolicyThatHadExpiredWasNeverInForce() throws Exception {
    acceptUnder(2);
    String whole = Files.readString(folder.resolve("policy.yaml"));
    edit(SERIAL_1, "serial: 3,");
    edit("2099-01-01", "2020-01-01");
    assertThat(sync()).isEqualTo(1);
    assertThat(tickets().refusal().orElseThrow()).contains("expired at 2020-01-01");
    Files.writeString(folder.resolve("policy.yaml"), whole);
    acceptUnder(2);
  }

  @Test
  void aPolicyWhoseLogWasNeverFollowedWasNeverInForce() throws Exception {
    String address = log.url();
    edit(SERIAL_1, "serial: 3,");
    edit(address, "http://127.0.0.1:1");
    assertThat(sync()).isEqualTo(5);
    assertThat(tickets().refusal().orElseThrow()).contains("never followed");
    edit("http://127.0.0.1:1", address);
    edit("serial: 3,", SERIAL_1);
    acceptUnder(2);
  }

  @Test
  void aClockPutBackBehindWhatTheWitnessesSignedIsRefusedByEveryCommand() throws Exception {
    assertThat(sync()).isZero();
    assertThat(sealed(floors))
        .isEqualTo("clock " + log.cosignedAt.getEpochSecond() + "\npolicy test 1\n");
    // As if it had been an hour later then.
    Instant later = Instant.ofEpochSecond(Instant.now().plusSeconds(3600).getEpochSecond());
    seal(floors, "clock " + later.getEpochSecond() + "\npolicy test 1\n");
    assertThat(verify(deb)).isEqualTo(3);
    assertThat(out)
        .contains("refused: the clock says ", "and the witnesses had signed " + later + " before")
        .contains("hint: set the clock right");
    assertThat(sync()).isEqualTo(3);
    assertThat(tickets().refusal().orElseThrow()).contains("the witnesses had signed " + later);
    assertThat(status()).isEqualTo(3);
    assertThat(out).contains("refused everything: the clock says ");
    assertThat(floors).content().contains("clock " + later.getEpochSecond());
  }

  @Test
  void whatRefusesEverythingStillShowsThatTimeHasPassed() throws Exception {
    edit("2099-01-01", "2020-01-01");
    log.cosignedAt = Instant.now().minus(Duration.ofHours(1));
    assertThat(sync()).isEqualTo(1);
    assertThat(sealed(floors)).isEqualTo("clock " + log.cosignedAt.getEpochSecond() + "\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "clock 1", "nonsense\n", "clock 1\npolicy test 2147483648\n", "clock 1\n\n"})
  void damagedFloorsAcceptNothing(String damaged) throws Exception {
    assertThat(sync()).isZero();
    assertThat(tickets().all()).hasSize(1);
    Files.writeString(floors, damaged);
    for (String command : new String[] {"verify", "explain", "status", "sync"}) {
      String[] subject =
          command.equals("verify") || command.equals("explain")
              ? new String[] {deb.toString()}
              : new String[0];
      assertThat(run(with(command, subject))).as(command).isEqualTo(3);
      assertThat(out).as(command).doesNotContain("accepted");
      assertThat(err)
          .as(command)
          .contains("error: what this box does not go back behind is damaged: " + floors + ": ")
          .contains("\nhint: nothing is accepted until that file is right; to forget ");
    }
    assertThat(folder.resolve("state/update/tickets")).doesNotExist();
    assertThat(floors).hasContent(damaged);
    Files.delete(floors);
    assertThat(sync()).isZero();
    assertThat(verify(deb)).isZero();
  }
}
