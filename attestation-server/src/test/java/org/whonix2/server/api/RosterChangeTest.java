package org.whonix2.server.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.whonix2.server.Answers.assertProblem;
import static org.whonix2.server.Answers.header;
import static org.whonix2.server.Answers.json;
import static org.whonix2.server.Answers.text;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.openpgp.SecretKey;
import org.whonix2.core.statement.MemberName;
import org.whonix2.core.statement.RosterChange;
import org.whonix2.core.statement.Statement;
import org.whonix2.server.Attestations;
import org.whonix2.server.TestLog;

/** The roster is what the operator's entries say, and the server's list shows it. */
class RosterChangeTest {
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

  private static RosterChange.Change admit(SecretKey key) {
    return new RosterChange.Admit(key.certificate());
  }

  private static RosterChange.Change dismiss(SecretKey key) {
    return new RosterChange.Dismiss(
        key.certificate().fingerprint(), Sha256.of(key.certificate().toBytes()));
  }

  private static List<String> names() {
    List<String> names = new ArrayList<>();
    for (JsonNode one : json(log.get("/api/v1/rebuilders")).path("rebuilders")) {
      names.add(one.path("name").asText());
    }
    return names;
  }

  @Test
  void aChangeIsAnEntryAndTakesEffectWithIt() throws Exception {
    SecretKey key = Attestations.rebuilder("gamma-1");
    byte[] attestation = Attestations.signed(key, 1);
    assertThat(log.submit(attestation).statusCode()).isEqualTo(403);
    byte[] admission = log.admit("gamma-1", key);
    long index = json(log.submit(admission)).path("index").asLong();
    assertThat(log.get("/api/v1/attestations/" + index).body()).isEqualTo(admission);
    assertThat(log.submit(attestation).statusCode()).isEqualTo(201);
    byte[] dismissal = log.dismiss("gamma-1", key);
    assertProblem(log.submit(Attestations.signed(key, 2)), 403, "no certificate known");
    assertThat(log.submit(attestation).statusCode()).as("logged before").isEqualTo(200);
    // Said again, they are the same entries, and change nothing again.
    assertThat(log.submit(admission).statusCode()).isEqualTo(200);
    assertThat(log.submit(dismissal).statusCode()).isEqualTo(200);
    assertThat(names()).doesNotContain("gamma-1");
    log.admit("gamma-1", key);
    assertThat(log.submit(Attestations.signed(key, 2)).statusCode()).isEqualTo(201);
    log.restart();
    assertThat(log.submit(Attestations.signed(key, 3)).statusCode()).isEqualTo(201);
  }

  @Test
  void theListSaysWhoIsOnItAndByWhichEntry() {
    HttpResponse<byte[]> answer = log.get("/api/v1/rebuilders");
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(header(answer, "Content-Type")).isEqualTo("application/json");
    assertThat(header(answer, "Cache-Control")).isEqualTo("no-cache");
    assertThat(json(answer).path("log").asText()).isEqualTo(TestLog.ORIGIN);
    JsonNode first = json(answer).path("rebuilders").path(0);
    assertThat(first.path("name").asText()).isEqualTo("alpha-1");
    assertThat(first.path("fingerprint").asText())
        .isEqualTo(log.rebuilder().certificate().fingerprint().hex());
    assertThat(first.path("certificate").asText())
        .isEqualTo(Sha256.of(log.rebuilder().certificate().toBytes()).toString());
    assertThat(first.path("admitted").asLong()).isZero();
    assertThat(first.has("setAside")).isFalse();
  }

  @Test
  void aChangeThatDoesNotFollowTheRosterIsAConflict() {
    SecretKey key = Attestations.rebuilder("delta-1");
    SecretKey alpha = log.rebuilder();
    long next = log.serial() + 1;
    assertProblem(log.submit(log.change(next + 1, "delta-1", admit(key))), 409, "serial");
    assertProblem(log.submit(log.change(next - 1, "delta-1", admit(key))), 409, "serial");
    assertProblem(log.submit(log.change(next, "alpha-1", admit(key))), 409, "already, as alpha-1");
    assertProblem(log.submit(log.change(next, "other", admit(alpha))), 409, "already, as alpha-1");
    assertProblem(log.submit(log.change(next, "delta-1", dismiss(key))), 409, "not on the roster");
    assertProblem(log.submit(log.change(next, "alpha-1", dismiss(key))), 409, "as it was admitted");
    assertProblem(log.submit(log.change(next, "me", admit(log.operator()))), 409, "operator's own");
    RosterChange.Change otherBytes =
        new RosterChange.Dismiss(alpha.certificate().fingerprint(), Sha256.of(new byte[] {1}));
    assertProblem(log.submit(log.change(next, "alpha-1", otherBytes)), 409, "as it was admitted");
    assertThat(log.serial()).isEqualTo(next - 1);
    assertThat(names()).contains("alpha-1").doesNotContain("delta-1", "other", "me");
  }

  @Test
  void nobodyButTheOperatorChangesTheRosterOfThisLog() {
    SecretKey key = Attestations.rebuilder("epsilon-1");
    long next = log.serial() + 1;
    RosterChange change =
        new RosterChange(TestLog.ORIGIN, next, new MemberName("epsilon-1"), admit(key));
    byte[] byMember =
        Attestations.envelope(Statement.PAYLOAD_TYPE, change.toJson(), log.rebuilder());
    assertProblem(log.submit(byMember), 403, "by the log's operator");
    byte[] byItself = Attestations.envelope(Statement.PAYLOAD_TYPE, change.toJson(), key);
    assertProblem(log.submit(byItself), 403, "no certificate known");
    RosterChange elsewhere =
        new RosterChange("other.example.org", next, new MemberName("epsilon-1"), admit(key));
    byte[] replayed =
        Attestations.envelope(Statement.PAYLOAD_TYPE, elsewhere.toJson(), log.operator());
    assertProblem(log.submit(replayed), 400, "/predicate/log: expected " + TestLog.ORIGIN);
    assertThat(log.serial()).isEqualTo(next - 1);
  }

  @Test
  void ofManyChangesAtOnceOneOfEachSerialTakesEffect() throws Exception {
    long next = log.serial() + 1;
    List<SecretKey> keys = new ArrayList<>();
    List<Callable<HttpResponse<byte[]>>> changes = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      SecretKey key = Attestations.rebuilder("racer");
      keys.add(key);
      byte[] change = log.change(next, "racer-" + i, admit(key));
      changes.add(() -> log.submit(change));
    }
    ExecutorService threads = Executors.newFixedThreadPool(8);
    int won = 0;
    try {
      for (Future<HttpResponse<byte[]>> answer : threads.invokeAll(changes)) {
        assertThat(answer.get().statusCode()).as(text(answer.get())).isIn(201, 409);
        won += answer.get().statusCode() == 201 ? 1 : 0;
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(won).isEqualTo(1);
    assertThat(log.serial()).isEqualTo(next);
    assertThat(names().stream().filter(name -> name.startsWith("racer-"))).hasSize(1);
    int taken = 0;
    for (SecretKey key : keys) {
      taken += log.submit(Attestations.signed(key, 1)).statusCode() == 201 ? 1 : 0;
    }
    assertThat(taken).isEqualTo(1);
  }
}
