package org.whonix2.server.cosigning;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.log.AddCheckpoint;
import org.whonix2.core.log.Checkpoint;
import org.whonix2.core.log.Cosignature;
import org.whonix2.core.log.NoteSignature;
import org.whonix2.core.log.SignatureType;
import org.whonix2.core.log.SignedNote;
import org.whonix2.core.log.SigningKey;
import org.whonix2.server.AttestationServer;
import org.whonix2.server.TestDatabase;
import org.whonix2.server.TestLog;
import org.whonix2.server.web.ListenAddress;

/** A log server over HTTP with witnesses that wait, hang, or answer nonsense. */
class ManyWitnessesTest {
  private static final SigningKey LOG = TestLog.key("log.example.org", SignatureType.ED25519);
  private static final int WITNESSES = 6;

  @TempDir Path folder;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<HttpServer> servers = new ArrayList<>();
  private final List<WitnessAddress> addresses = new ArrayList<>();

  @AfterEach
  void stop() {
    servers.forEach(server -> server.stop(0));
    threads.shutdownNow();
  }

  private interface Answer {
    /** Returns whether to cosign. */
    boolean now() throws IOException;
  }

  /** A witness that cosigns whatever it is sent, when it is told to. */
  private void witness(String name, Answer answer) throws IOException {
    SigningKey key = TestLog.key(name, SignatureType.COSIGNATURE);
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/add-checkpoint", exchange -> answer(exchange, key, answer));
    server.start();
    servers.add(server);
    addresses.add(
        new WitnessAddress(
            URI.create("http://127.0.0.1:" + server.getAddress().getPort()), key.verifierKey()));
  }

  private static void answer(HttpExchange exchange, SigningKey key, Answer answer)
      throws IOException {
    try (exchange) {
      AddCheckpoint request = AddCheckpoint.parse(exchange.getRequestBody().readAllBytes());
      byte[] body =
          answer.now()
              ? AddCheckpoint.formatCosignature(key.cosign(request.checkpoint(), Instant.now()))
              : new byte[] {'?'};
      exchange.sendResponseHeaders(200, body.length);
      exchange.getResponseBody().write(body);
    } catch (MalformedInputException e) {
      throw new IOException(e);
    }
  }

  private AttestationServer serve(Duration refresh) throws IOException {
    return AttestationServer.start(
        new AttestationServer.Settings(
            new ListenAddress("127.0.0.1", 0),
            folder,
            LOG,
            addresses,
            refresh,
            Optional.empty(),
            TestDatabase.of(folder),
            AttestationServer.Limits.STANDARD),
        Clock.systemUTC());
  }

  private static SignedNote checkpoint(AttestationServer server) throws Exception {
    return SignedNote.parse(
        TestLog.send(HttpRequest.newBuilder(URI.create(server.address() + "/checkpoint"))).body());
  }

  private static SignedNote checkpointWith(AttestationServer server, int cosignatures)
      throws Exception {
    Instant giveUp = Instant.now().plusSeconds(20);
    SignedNote note = checkpoint(server);
    while (note.signatures().size() < 1 + cosignatures && Instant.now().isBefore(giveUp)) {
      Thread.sleep(50);
      note = checkpoint(server);
    }
    return note;
  }

  @Test
  void allAreAskedAtTheSameTime() throws Exception {
    // Each answers only when all have been asked: one after the other, none would.
    CyclicBarrier all = new CyclicBarrier(WITNESSES);
    for (int i = 0; i < WITNESSES; i++) {
      witness(
          "w" + i,
          () -> {
            try {
              return all.await(4, TimeUnit.SECONDS) >= 0;
            } catch (InterruptedException | BrokenBarrierException | TimeoutException e) {
              throw new IOException(e);
            }
          });
    }
    try (AttestationServer server = serve(Duration.ofMinutes(10))) {
      assertThat(checkpointWith(server, WITNESSES).signatures()).hasSize(1 + WITNESSES);
    }
  }

  @Test
  void oneThatHangsCostsADeadlineOnceAndTheOthersCountAtOnce() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    witness(
        "hangs",
        () -> {
          asked.incrementAndGet();
          try {
            Thread.sleep(60_000);
          } catch (InterruptedException e) {
            throw new IOException(e);
          }
          return true;
        });
    witness("nonsense", () -> false);
    witness("good", () -> true);
    long started = System.nanoTime();
    try (AttestationServer server = serve(Duration.ofSeconds(1))) {
      SignedNote first = checkpointWith(server, 1);
      assertThat(first.signatures()).hasSize(2);
      assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofSeconds(15));
      // While it rests, checkpoints are refreshed without waiting for it.
      Instant until = Instant.now().plusSeconds(20);
      Instant time = time(first);
      int refreshed = 0;
      while (refreshed < 3 && Instant.now().isBefore(until)) {
        Thread.sleep(100);
        Instant next = time(checkpoint(server));
        refreshed += next.isAfter(time) ? 1 : 0;
        time = next;
      }
      assertThat(refreshed).isEqualTo(3);
      assertThat(asked).hasValue(1);
    }
  }

  /** The newest time of a cosignature. */
  private Instant time(SignedNote note) throws MalformedInputException {
    Checkpoint checkpoint = Checkpoint.parse(note.text());
    Instant newest = Instant.EPOCH;
    for (WitnessAddress address : addresses) {
      for (NoteSignature line : note.signatures()) {
        Instant time =
            AddCheckpoint.parseCosignature(
                    AddCheckpoint.formatCosignature(line), address.key(), checkpoint)
                .map(Cosignature::time)
                .orElse(Instant.EPOCH);
        newest = time.isAfter(newest) ? time : newest;
      }
    }
    return newest;
  }

  /** It rests for half a minute first. */
  @Test
  @Tag("heavy")
  void anIdleLogTurnsToAWitnessThatCameBack() throws Exception {
    AtomicBoolean away = new AtomicBoolean(true);
    witness("w1", () -> !away.get());
    witness("w2", () -> true);
    try (AttestationServer server = serve(Duration.ofSeconds(1))) {
      assertThat(checkpointWith(server, 1).signatures()).hasSize(2);
      away.set(false);
      Instant giveUp = Instant.now().plusSeconds(45);
      while (checkpoint(server).signatures().size() < 3 && Instant.now().isBefore(giveUp)) {
        Thread.sleep(200);
      }
      assertThat(checkpoint(server).signatures()).hasSize(3);
    }
  }
}
