package org.whonix2.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.log.AddCheckpoint;
import org.whonix2.core.log.Checkpoint;
import org.whonix2.core.log.SignatureType;
import org.whonix2.core.log.SignedNote;
import org.whonix2.core.log.SigningKey;
import org.whonix2.core.log.TreeHash;
import org.whonix2.core.log.VerifierKey;
import org.whonix2.server.TestLog;
import org.whonix2.server.TestTree;

/** A witness in a process of its own, under load, killed: what it cosigned it knows for ever. */
class WitnessKillTest {
  private static final String ORIGIN = "log.example.org";
  private static final int CLIENTS = 4;
  private static final Duration FOREVER = Duration.ofSeconds(60);

  private static final SigningKey LOG = TestLog.key(ORIGIN, SignatureType.ED25519);

  @TempDir Path folder;
  private final HttpClient http = HttpClient.newHttpClient();
  private final TestTree tree = tree("entry ");
  private final TestTree fork = tree("forged ");

  /** The largest tree that a cosignature came back for. */
  private final AtomicLong cosigned = new AtomicLong();

  private VerifierKey key;
  private ServerProcess witness;

  private static TestTree tree(String word) {
    return new TestTree(
        LOG, index -> TreeHash.leaf((word + index).getBytes(StandardCharsets.UTF_8)));
  }

  @BeforeEach
  void start() throws Exception {
    ServerProcess.Ended made =
        ServerProcess.run(
            folder, List.of("keygen", "--witness", "--name", "w1", "--out", "w1.key"));
    assertThat(made.exitCode()).as(made.err()).isZero();
    key = VerifierKey.parse(made.out().strip());
    witness = ServerProcess.start(folder, arguments());
  }

  private static List<String> arguments() {
    return List.of(
        "witness",
        "--listen",
        "127.0.0.1:0",
        "--state",
        "w1",
        "--key",
        "w1.key",
        "--log",
        LOG.vkey());
  }

  @AfterEach
  void stop() {
    witness.close();
  }

  private HttpResponse<byte[]> send(HttpRequest.Builder request) throws IOException {
    try {
      return http.send(
          request.timeout(Duration.ofSeconds(30)).build(), HttpResponse.BodyHandlers.ofByteArray());
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private HttpResponse<byte[]> add(byte[] body) throws IOException {
    return send(
        HttpRequest.newBuilder(URI.create(witness.address() + "/add-checkpoint"))
            .POST(HttpRequest.BodyPublishers.ofByteArray(body)));
  }

  /** Races the other clients for ever larger trees until the witness is gone. */
  private void growUntilItEnds(int client) {
    long known = cosigned.get();
    Random random = new Random(client);
    for (; ; ) {
      long size = known + 1 + random.nextInt(3);
      try {
        HttpResponse<byte[]> answer = add(tree.request(known, size));
        if (answer.statusCode() == 409) {
          known = AddCheckpoint.parseConflict(answer.body());
        } else if (answer.statusCode() == 200
            && AddCheckpoint.parseCosignature(answer.body(), key, tree.checkpoint(size))
                .isPresent()) {
          cosigned.accumulateAndGet(size, Math::max);
          known = size;
        } else {
          return;
        }
      } catch (IOException e) {
        return;
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private void killUnderLoad(long millis) throws Exception {
    long before = cosigned.get();
    ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
    for (int i = 0; i < CLIENTS; i++) {
      int client = i;
      clients.execute(() -> growUntilItEnds(client));
    }
    long started = System.nanoTime();
    while (cosigned.get() < before + 5 && System.nanoTime() - started < FOREVER.toNanos()) {
      Thread.sleep(5);
    }
    Thread.sleep(millis);
    witness.kill();
    clients.shutdown();
    assertThat(clients.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
    assertThat(cosigned.get()).as("it was busy").isGreaterThanOrEqualTo(before + 5);
  }

  private Checkpoint kept() throws Exception {
    Sha256 name = Sha256.of(ORIGIN.getBytes(StandardCharsets.UTF_8));
    HttpResponse<byte[]> answer =
        send(HttpRequest.newBuilder(URI.create(witness.address() + "/" + name + "/checkpoint")));
    assertThat(answer.statusCode()).isEqualTo(200);
    SignedNote note = SignedNote.parse(answer.body());
    assertThat(note.signatures().stream().filter(line -> key.verify(note.text(), line))).hasSize(1);
    return Checkpoint.parse(note.text());
  }

  private void assertItKnowsWhatItCosigned() throws Exception {
    Checkpoint kept = kept();
    assertThat(kept.size()).isGreaterThanOrEqualTo(cosigned.get());
    assertThat(kept).isEqualTo(tree.checkpoint(kept.size()));
    long size = kept.size();
    assertThat(add(fork.request(size, size + 2)).statusCode()).isEqualTo(422);
    HttpResponse<byte[]> same = add(fork.request(size, size));
    assertThat(same.statusCode()).isEqualTo(409);
    HttpResponse<byte[]> back = add(tree.request(size - 1, size + 1));
    assertThat(back.statusCode()).isEqualTo(409);
    assertThat(AddCheckpoint.parseConflict(back.body())).isEqualTo(size);
    assertThat(add(tree.request(size, size + 1)).statusCode()).isEqualTo(200);
    cosigned.accumulateAndGet(size + 1, Math::max);
  }

  private void kill(int rounds) throws Exception {
    Random random = new Random(rounds);
    for (int round = 0; round < rounds; round++) {
      killUnderLoad(random.nextInt(200));
      witness = ServerProcess.start(folder, arguments());
      assertItKnowsWhatItCosigned();
    }
  }

  @Test
  void killedUnderLoadItNeverGoesBehindWhatItAnswered() throws Exception {
    kill(4);
  }

  @Test
  @Tag("heavy")
  void killedTwoHundredTimesItNeverGoesBehindWhatItAnswered() throws Exception {
    kill(200);
  }

  @Test
  void aSecondProcessOnOneStateDoesNotStartAndTheFirstGoesOn() throws Exception {
    assertThat(add(tree.request(0, 3)).statusCode()).isEqualTo(200);
    ServerProcess.Ended second = ServerProcess.run(folder, arguments());
    assertThat(second.exitCode()).isEqualTo(5);
    assertThat(second.err()).contains("another witness has the state");
    assertThat(add(tree.request(3, 4)).statusCode()).isEqualTo(200);
    witness.kill();
    // The lock ends with the process, however it ends.
    witness = ServerProcess.start(folder, arguments());
    assertThat(kept().size()).isEqualTo(4);
  }

  /** The real process's system calls: both syncs, around the rename, come before the answer. */
  @Test
  void whatItAnswersIsOnDisk() throws Exception {
    witness.kill();
    Path calls = folder.resolve("calls");
    witness =
        ServerProcess.start(
            folder,
            List.of(
                "strace",
                "-f",
                "-qq",
                "-y",
                "-s",
                "32",
                "-o",
                calls.toString(),
                "-e",
                "trace=fsync,fdatasync,rename,renameat,renameat2,write,writev,sendto"),
            arguments());
    for (int size = 1; size <= 5; size++) {
      assertThat(add(tree.request(size - 1, size)).statusCode()).isEqualTo(200);
    }
    witness.killTraced();
    List<String> order =
        Files.readAllLines(calls, StandardCharsets.ISO_8859_1).stream()
            .map(WitnessKillTest::step)
            .filter(step -> !step.isEmpty())
            .toList();
    String each = "sync file, rename, sync folder, answer";
    assertThat(String.join(", ", order))
        .isEqualTo(String.join(", ", List.of(each, each, each, each, each)));
  }

  private static String step(String call) {
    boolean whole = !call.contains("resumed>");
    if (whole && call.contains("fsync(") && call.contains(".checkpoint.")) {
      return "sync file";
    }
    if (whole && call.contains("rename") && call.contains(".checkpoint")) {
      return "rename";
    }
    if (whole && call.contains("fsync(") && call.contains("/w1/witness>")) {
      return "sync folder";
    }
    return whole && call.contains("HTTP/1.1 200") ? "answer" : "";
  }
}
