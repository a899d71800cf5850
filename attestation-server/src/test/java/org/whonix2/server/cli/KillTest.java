package org.whonix2.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.whonix2.core.log.FollowOutcome;
import org.whonix2.core.log.Follower;
import org.whonix2.core.log.LogFetcher;
import org.whonix2.core.log.LogState;
import org.whonix2.core.log.PastRoots;
import org.whonix2.core.log.TilePath;
import org.whonix2.core.log.TrustedLog;
import org.whonix2.core.log.VerifierKey;
import org.whonix2.core.log.Witness;
import org.whonix2.core.log.WitnessQuorum;
import org.whonix2.core.openpgp.SecretKey;
import org.whonix2.server.Answers;
import org.whonix2.server.Attestations;
import org.whonix2.server.TestDatabase;

/** Real processes: a server under load that is killed or stopped, and its witness. */
class KillTest {
  private static final SecretKey REBUILDER = Attestations.rebuilder("alpha");
  private static final int CLIENTS = 8;

  @TempDir Path folder;
  private final HttpClient http = HttpClient.newHttpClient();
  private final AtomicLong sequence = new AtomicLong();

  /** What the server said it has logged, by index. */
  private final Map<Long, byte[]> answered = new ConcurrentHashMap<>();

  private String logKey = "";
  private String witnessKey = "";
  private ServerProcess witness;
  private ServerProcess server;

  @BeforeEach
  void start() throws Exception {
    logKey = made("keygen", "--name", "log.example.org", "--out", "log.key");
    witnessKey = made("keygen", "--witness", "--name", "w1", "--out", "w1.key");
    Files.writeString(folder.resolve("alpha.asc"), REBUILDER.certificate().toArmored());
    made("keygen", "--operator", "operator", "--out", "operator");
    witness = startWitness();
    server = startServer();
    String[] add = {"roster", "add", "--server", server.address(), "--key", "operator"};
    made(
        Stream.concat(Stream.of(add), Stream.of("--name", "alpha", "alpha.asc"))
            .toArray(String[]::new));
  }

  @AfterEach
  void stop() {
    server.close();
    witness.close();
  }

  private String made(String... arguments) throws Exception {
    ServerProcess.Ended ended = ServerProcess.run(folder, List.of(arguments));
    assertThat(ended.exitCode()).as(ended.err()).isZero();
    return ended.out().strip();
  }

  private ServerProcess startWitness() throws IOException {
    return ServerProcess.start(
        folder,
        List.of(
            "witness",
            "--listen",
            "127.0.0.1:0",
            "--state",
            "w1",
            "--key",
            "w1.key",
            "--log",
            logKey));
  }

  private ServerProcess startServer() throws IOException {
    List<String> line =
        new ArrayList<>(
            List.of("serve", "--listen", "127.0.0.1:0", "--state", "log", "--key", "log.key"));
    line.addAll(List.of("--operator", "operator/certificate.asc"));
    line.addAll(List.of("--witness", witness.address() + "," + witnessKey));
    line.addAll(TestDatabase.arguments(folder));
    return ServerProcess.start(folder, line);
  }

  /** Submits from many threads until the server is gone, and remembers what was answered. */
  private void submitUntilItEnds() {
    for (; ; ) {
      byte[] envelope = Attestations.signed(REBUILDER, sequence.incrementAndGet());
      try {
        HttpResponse<byte[]> answer =
            http.send(
                HttpRequest.newBuilder(URI.create(server.address() + "/api/v1/attestations"))
                    .header("Content-Type", "application/json")
                    .timeout(Duration.ofSeconds(30))
                    .POST(HttpRequest.BodyPublishers.ofByteArray(envelope))
                    .build(),
                HttpResponse.BodyHandlers.ofByteArray());
        if (answer.statusCode() != 201) {
          return;
        }
        answered.put(Answers.json(answer).path("index").asLong(), envelope);
      } catch (IOException e) {
        return;
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private interface End {
    void end() throws Exception;
  }

  /** Ends the server while it is busy. */
  private void whileBusy(long millis, End end) throws Exception {
    ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
    int before = answered.size();
    for (int i = 0; i < CLIENTS; i++) {
      clients.execute(this::submitUntilItEnds);
    }
    Instant giveUp = Instant.now().plusSeconds(60);
    while (answered.size() < before + 10 && Instant.now().isBefore(giveUp)) {
      Thread.sleep(20);
    }
    Thread.sleep(millis);
    end.end();
    clients.shutdown();
    assertThat(clients.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
    assertThat(answered.size()).as("it was busy").isGreaterThanOrEqualTo(before + 10);
  }

  private byte[] get(String path) throws IOException {
    try {
      HttpResponse<byte[]> answer =
          http.send(
              HttpRequest.newBuilder(URI.create(server.address() + path)).build(),
              HttpResponse.BodyHandlers.ofByteArray());
      if (answer.statusCode() != 200) {
        throw new IOException(path + ": status " + answer.statusCode());
      }
      return answer.body();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Follows as a box does, from what it kept: only a tree that begins with that is taken. */
  private LogState follow(LogState kept) throws Exception {
    LogFetcher fetcher =
        new LogFetcher() {
          @Override
          public byte[] checkpoint() throws IOException {
            return get("/checkpoint");
          }

          @Override
          public byte[] entries(long bundle, int width) throws IOException {
            return get("/" + TilePath.entries(bundle, width));
          }
        };
    WitnessQuorum quorum =
        new WitnessQuorum(1, List.of(new Witness("w1", "w1", VerifierKey.parse(witnessKey))));
    Follower follower = new Follower(TrustedLog.of(VerifierKey.parse(logKey)), quorum);
    PastRoots past =
        size -> {
          throw new AssertionError("the log went back to " + size);
        };
    FollowOutcome outcome =
        follower.follow(kept, past, fetcher, (index, entry) -> {}, Instant.now());
    Instant giveUp = Instant.now().plusSeconds(20);
    while (outcome instanceof FollowOutcome.NotWitnessed && Instant.now().isBefore(giveUp)) {
      // The server asks its witness once it listens.
      Thread.sleep(100);
      outcome = follower.follow(kept, past, fetcher, (index, entry) -> {}, Instant.now());
    }
    if (outcome instanceof FollowOutcome.Unchanged unchanged) {
      return unchanged.state();
    }
    assertThat(outcome).as(outcome.explain()).isInstanceOf(FollowOutcome.Advanced.class);
    return ((FollowOutcome.Advanced) outcome).state();
  }

  private void assertEverythingAnsweredIsThere() throws IOException {
    for (Map.Entry<Long, byte[]> entry : answered.entrySet()) {
      assertThat(get("/api/v1/attestations/" + entry.getKey())).isEqualTo(entry.getValue());
    }
  }

  @Test
  void killedUnderLoadItLosesNothingAnsweredAndItsLogStillExtendsTheOldOne() throws Exception {
    LogState kept = LogState.empty();
    for (int round = 0; round < 3; round++) {
      whileBusy(37L * round, server::kill);
      server = startServer();
      kept = follow(kept);
      assertEverythingAnsweredIsThere();
    }
    assertThat(kept.size()).isGreaterThanOrEqualTo(answered.size());
  }

  @Test
  void aWitnessThatIsKilledKnowsWhatItCosigned() throws Exception {
    whileBusy(
        0,
        () -> {
          witness.kill();
          Thread.sleep(100);
          server.kill();
        });
    witness = startWitness();
    server = startServer();
    LogState kept = follow(LogState.empty());
    assertEverythingAnsweredIsThere();
    assertThat(kept.size()).isGreaterThanOrEqualTo(answered.size());
  }

  @Test
  void askedToStopItAnswersWhatItTookAndEnds() throws Exception {
    whileBusy(50, () -> assertThat(server.terminate()).isTrue());
    server = startServer();
    LogState kept = follow(LogState.empty());
    assertEverythingAnsweredIsThere();
    assertThat(kept.size()).isGreaterThanOrEqualTo(answered.size());
  }
}
