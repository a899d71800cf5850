package org.whonix2.server.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.whonix2.server.Answers.assertProblem;
import static org.whonix2.server.Answers.json;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.whonix2.core.openpgp.SecretKey;
import org.whonix2.core.statement.RosterChange;
import org.whonix2.server.Attestations;
import org.whonix2.server.TestLog;

/** Two things said under one number are logged as evidence, and then nothing more by that key. */
class EquivocationTest {
  @TempDir static Path folder;
  private static TestLog log;

  @BeforeAll
  static void start() throws Exception {
    log = new TestLog(folder);
  }

  @AfterAll
  static void stop() throws Exception {
    log.close();
  }

  private static SecretKey member(String name) {
    SecretKey key = Attestations.rebuilder(name);
    log.admit(name, key);
    return key;
  }

  private interface Said {
    byte[] by(SecretKey key);
  }

  static Stream<Arguments> pairs() {
    Said attested = key -> Attestations.signed(key, 7);
    Said failed = key -> Attestations.failed(key, 7);
    Said bootstrapped = key -> Attestations.bootstrap(key, 7);
    return Stream.of(
        Arguments.of("attested-failed", attested, failed, "sequence number 7"),
        Arguments.of("failed-attested", failed, attested, "sequence number 7"),
        Arguments.of("attested-bootstrapped", attested, bootstrapped, "sequence number 7"),
        Arguments.of("bootstrapped-failed", bootstrapped, failed, "sequence number 7"),
        Arguments.of(
            "first-epoch",
            (Said) key -> Attestations.snapshot(key, 1, "bookworm", 5),
            (Said) key -> Attestations.snapshot(key, 1, "bookworm", 6),
            "snapshot epoch 1"),
        Arguments.of(
            "later-epoch",
            (Said) key -> Attestations.snapshot(key, 9, "bookworm", 5),
            (Said) key -> Attestations.snapshot(key, 9, "bookworm", 6),
            "snapshot epoch 9"));
  }

  @ParameterizedTest
  @MethodSource("pairs")
  void theSecondIsLoggedAndTheKeySetAside(String name, Said first, Said second, String what)
      throws Exception {
    SecretKey key = member(name);
    long one = log.expectNew(first.by(key));
    assertThat(log.submit(Attestations.signed(key, 3)).statusCode()).isEqualTo(201);
    long two = log.expectNew(second.by(key));

    String why =
        "key "
            + key.certificate().fingerprint()
            + " is set aside: entries "
            + one
            + " and "
            + two
            + " say different things under "
            + what;
    assertProblem(log.submit(Attestations.signed(key, 8)), 403, why);
    assertProblem(log.submit(Attestations.snapshot(key, 33, "trixie", 1)), 403, why);
    assertProblem(log.submit(Attestations.update(key.certificate(), key)), 403, why);
    // What is logged is answered as ever, the evidence too.
    for (byte[] again : new byte[][] {first.by(key), second.by(key), Attestations.signed(key, 3)}) {
      HttpResponse<byte[]> answer = log.submit(again);
      assertThat(answer.statusCode()).isEqualTo(200);
    }
    assertThat(json(log.submit(second.by(key))).path("index").asLong()).isEqualTo(two);
    JsonNode aside = listed(name).path("setAside");
    assertThat(aside.path("entries").toString()).isEqualTo("[" + one + "," + two + "]");
    assertThat(what).isEqualTo(aside.path("what").asText() + " " + aside.path("number"));
    // Nobody else is.
    assertThat(log.submit(Attestations.failed(log.rebuilder(), one + 1_000)).statusCode())
        .isEqualTo(201);
  }

  private static JsonNode listed(String name) {
    for (JsonNode one : json(log.get("/api/v1/rebuilders")).path("rebuilders")) {
      if (one.path("name").asText().equals(name)) {
        return one;
      }
    }
    throw new AssertionError(name + " is not listed");
  }

  @Test
  void otherNumbersAndOtherSeriesAreNoEquivocation() throws Exception {
    SecretKey key = member("honest");
    log.expectNew(Attestations.signed(key, 1));
    log.expectNew(Attestations.failed(key, 2));
    log.expectNew(Attestations.snapshot(key, 1, "bookworm", 5));
    log.expectNew(Attestations.snapshot(key, 1, "trixie", 6));
    log.expectNew(Attestations.snapshot(key, 2, "bookworm", 6));
    SecretKey other = member("other");
    log.expectNew(Attestations.failed(other, 1));
    log.expectNew(Attestations.snapshot(other, 1, "bookworm", 6));
    log.expectNew(Attestations.signed(key, 3));
    assertThat(listed("honest").has("setAside")).isFalse();
  }

  /** Not a new name, not a new beginning of the server, lets a key come back. */
  @Test
  void aKeySetAsideStaysThat() throws Exception {
    SecretKey key = member("twice");
    log.expectNew(Attestations.signed(key, 1));
    log.expectNew(Attestations.failed(key, 1));
    log.dismiss("twice", key);
    assertProblem(log.submit(Attestations.signed(key, 2)), 403, "is set aside");
    assertProblem(
        log.submit(
            log.change(log.serial() + 1, "again", new RosterChange.Admit(key.certificate()))),
        409,
        "is set aside: entries");
    log.restart();
    assertProblem(log.submit(Attestations.signed(key, 2)), 403, "is set aside");
    assertThat(log.submit(Attestations.signed(key, 1)).statusCode()).isEqualTo(200);
  }
}
