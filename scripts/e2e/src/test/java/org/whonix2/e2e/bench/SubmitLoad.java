package org.whonix2.e2e.bench;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.openpgp.SecretKey;

/**
 * Clients that submit, each the next as soon as it has an answer. All envelopes are signed before
 * the first is sent; the first of them are for warming up and are not counted. Prints submissions a
 * second and the milliseconds below which half and 99 % of them were answered.
 */
final class SubmitLoad {
  private static final int CLIENTS = 64;

  private final URI server;
  private final byte[][] envelopes;
  private final long[] nanos;
  private final AtomicInteger next = new AtomicInteger();

  private SubmitLoad(URI server, byte[][] envelopes) {
    this.server = server;
    this.envelopes = envelopes;
    this.nanos = new long[envelopes.length];
  }

  /**
   * Arguments: the address, the folder of keys, the first sequence number, how many envelopes to
   * warm up with, and how many are counted.
   */
  public static void main(String[] arguments) throws Exception {
    List<SecretKey> keys = keys(Path.of(arguments[1]));
    long first = Long.parseLong(arguments[2]);
    int warm = Integer.parseInt(arguments[3]);
    int count = warm + Integer.parseInt(arguments[4]);
    byte[][] envelopes = new byte[count][];
    IntStream.range(0, count).parallel().forEach(i -> envelopes[i] = envelope(keys, first, i));
    SubmitLoad load = new SubmitLoad(URI.create(arguments[0]), envelopes);
    load.submitUntil(warm);
    long started = System.nanoTime();
    load.submitUntil(count);
    double seconds = (System.nanoTime() - started) / 1e9;
    long[] times = Arrays.copyOfRange(load.nanos, warm, count);
    Arrays.sort(times);
    System.out.printf(
        Locale.ROOT,
        "%.0f %.1f %.1f%n",
        times.length / seconds,
        times[times.length / 2] / 1e6,
        times[times.length * 99 / 100] / 1e6);
  }

  private static byte[] envelope(List<SecretKey> keys, long first, int i) {
    try {
      return LoadStatements.signed(keys.get(i % keys.size()), first + i);
    } catch (MalformedInputException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The secret keys in the folders below this one. */
  static List<SecretKey> keys(Path folder) throws IOException, MalformedInputException {
    List<SecretKey> keys = new ArrayList<>();
    try (Stream<Path> folders = Files.list(folder)) {
      for (Path each : folders.sorted().toList()) {
        keys.add(SecretKey.parse(Files.readAllBytes(each.resolve("secret.asc"))));
      }
    }
    return keys;
  }

  private void submitUntil(int end) throws InterruptedException, ExecutionException {
    ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
    List<Future<?>> running = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      running.add(
          clients.submit(
              () -> {
                submitSome(end);
                return null;
              }));
    }
    clients.shutdown();
    for (Future<?> client : running) {
      client.get();
    }
    next.set(end);
  }

  private void submitSome(int end) throws IOException {
    try (PostConnection connection = new PostConnection(server)) {
      for (int i = next.getAndIncrement(); i < end; i = next.getAndIncrement()) {
        long sent = System.nanoTime();
        int status = connection.post("/api/v1/attestations", envelopes[i]);
        nanos[i] = System.nanoTime() - sent;
        if (status != 200 && status != 201) {
          throw new IOException("expected status 200 or 201, found " + status);
        }
      }
    }
  }
}
