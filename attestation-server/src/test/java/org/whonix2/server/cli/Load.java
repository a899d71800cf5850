package org.whonix2.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.whonix2.core.log.EntryBundle;
import org.whonix2.core.log.TilePath;
import org.whonix2.server.Answers;
import org.whonix2.server.Attestations;

/** Clients that submit without a rest, and what they were answered. */
final class Load implements AutoCloseable {
  private final HttpClient http = HttpClient.newHttpClient();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<Future<?>> clients = new ArrayList<>();
  private final AtomicLong sequence = new AtomicLong();
  private volatile boolean stopped;

  /** What some server said it has logged, by index. */
  private final Map<Long, byte[]> answered = new ConcurrentHashMap<>();

  /** Starts so many clients of this server; one whose submission fails goes on with the same. */
  void start(int count, Supplier<String> address) {
    stopped = false;
    for (int i = 0; i < count; i++) {
      clients.add(threads.submit(() -> run(address)));
    }
  }

  private void run(Supplier<String> address) {
    while (!stopped) {
      byte[] envelope = Attestations.signed(Deployment.REBUILDER, sequence.incrementAndGet());
      while (!submit(address.get(), envelope) && !stopped) {
        pause(20);
      }
    }
  }

  /** Whether it was answered. */
  private boolean submit(String address, byte[] envelope) {
    try {
      HttpResponse<byte[]> answer =
          http.send(
              HttpRequest.newBuilder(URI.create(address + "/api/v1/attestations"))
                  .header("Content-Type", "application/json")
                  .timeout(Duration.ofSeconds(30))
                  .POST(HttpRequest.BodyPublishers.ofByteArray(envelope))
                  .build(),
              HttpResponse.BodyHandlers.ofByteArray());
      if (answer.statusCode() != 200 && answer.statusCode() != 201) {
        assertThat(answer.statusCode()).as(Answers.text(answer)).isEqualTo(503);
        return false;
      }
      byte[] other = answered.put(Answers.json(answer).path("index").asLong(), envelope);
      assertThat(other).as("a place is given once").isNull();
      return true;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  static void pause(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** What was answered, by index. */
  Map<Long, byte[]> answered() {
    return Map.copyOf(answered);
  }

  int count() {
    return answered.size();
  }

  /** Until so many more were answered. */
  void awaitMore(int more) {
    int enough = count() + more;
    Instant giveUp = Instant.now().plusSeconds(90);
    while (count() < enough) {
      assertThat(Instant.now()).as("answered: %d, wanted: %d", count(), enough).isBefore(giveUp);
      pause(5);
    }
  }

  /** No client begins anything any more; fails with what a client failed with. */
  void stop() throws Exception {
    stopped = true;
    for (Future<?> client : clients) {
      client.get(120, TimeUnit.SECONDS);
    }
    clients.clear();
  }

  /** Everything answered is where it was said to be. */
  void assertEverythingAnsweredIsThere(String address) throws Exception {
    Map<Long, byte[]> expected = Map.copyOf(answered);
    long end = expected.keySet().stream().mapToLong(index -> index + 1).max().orElse(0);
    for (long bundle = 0; bundle * TilePath.FULL < end; bundle++) {
      int width = (int) Math.min(TilePath.FULL, end - bundle * TilePath.FULL);
      List<byte[]> entries =
          EntryBundle.parse(Deployment.get(address, "/" + TilePath.entries(bundle, width)), width);
      for (int i = 0; i < width; i++) {
        byte[] submitted = expected.get(bundle * TilePath.FULL + i);
        if (submitted != null) {
          assertThat(entries.get(i)).isEqualTo(submitted);
        }
      }
    }
  }

  @Override
  public void close() {
    stopped = true;
    threads.shutdownNow();
  }
}
