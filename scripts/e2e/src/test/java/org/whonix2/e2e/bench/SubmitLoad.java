package org.whonix2.e2e.bench;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
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
 * Clients that submit, each the next as soon as it has an answer. Several servers get the same
 * envelopes, in turns: a burst for one, then for the other, so that a machine that is slow for a
 * while is slow for all. All envelopes are signed before the first is sent; the first of them are
 * for warming up and are not counted. After each burst it waits until a log's indexes know all of
 * it, so that they take no time from another server's burst.
 *
 * <p>Prints a line for each server: the median of the bursts' submissions a second, the
 * milliseconds below which half and 99 % were answered, the seconds that the indexes needed then,
 * and the median of the bursts' rates in parts of the first server's.
 */
final class SubmitLoad {
  private static final int CLIENTS = 64;

  private final byte[][] envelopes;

  private SubmitLoad(byte[][] envelopes) {
    this.envelopes = envelopes;
  }

  /**
   * Arguments: the folder of keys, the first sequence number, how many envelopes to warm up with,
   * how many make a burst, how many bursts there are, and the addresses.
   */
  public static void main(String[] arguments) throws Exception {
    List<SecretKey> keys = keys(Path.of(arguments[0]));
    long first = Long.parseLong(arguments[1]);
    int warm = Integer.parseInt(arguments[2]);
    int burst = Integer.parseInt(arguments[3]);
    int bursts = Integer.parseInt(arguments[4]);
    byte[][] envelopes = new byte[warm + bursts * burst][];
    IntStream.range(0, envelopes.length)
        .parallel()
        .forEach(i -> envelopes[i] = envelope(keys, first, i));
    List<Server> servers =
        Arrays.stream(arguments).skip(5).map(each -> new Server(URI.create(each))).toList();
    SubmitLoad load = new SubmitLoad(envelopes);
    load.submitInTurns(servers, 0, warm, burst);
    servers.forEach(Server::forget);
    load.submitInTurns(servers, warm, envelopes.length, burst);
    for (Server server : servers) {
      System.out.println(server.line(servers.get(0)));
    }
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

  /** What was measured of a server. */
  private static final class Server {
    private final URI address;
    private final List<Double> rates = new ArrayList<>();
    private final List<Double> indexed = new ArrayList<>();
    private final List<Long> nanos = new ArrayList<>();

    Server(URI address) {
      this.address = address;
    }

    void forget() {
      rates.clear();
      indexed.clear();
      nanos.clear();
    }

    String line(Server yardstick) {
      List<Double> ratios =
          IntStream.range(0, rates.size())
              .mapToObj(i -> rates.get(i) / yardstick.rates.get(i))
              .toList();
      List<Long> sorted = nanos.stream().sorted().toList();
      return "%.0f %.1f %.1f %.1f %.2f"
          .formatted(
              median(rates),
              sorted.get(sorted.size() / 2) / 1e6,
              sorted.get(sorted.size() * 99 / 100) / 1e6,
              median(indexed),
              median(ratios));
    }

    private static double median(List<Double> values) {
      return values.stream().sorted().toList().get(values.size() / 2);
    }
  }

  private void submitInTurns(List<Server> servers, int from, int end, int burst)
      throws IOException, InterruptedException, ExecutionException {
    for (int done = from; done < end; done += burst) {
      for (Server server : servers) {
        submit(server, done, Math.min(end, done + burst));
      }
    }
  }

  private void submit(Server server, int from, int end)
      throws IOException, InterruptedException, ExecutionException {
    AtomicInteger next = new AtomicInteger(from);
    long[] nanos = new long[end - from];
    ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
    List<Future<?>> running = new ArrayList<>();
    long started = System.nanoTime();
    for (int i = 0; i < CLIENTS; i++) {
      running.add(
          clients.submit(
              () -> {
                submitSome(server.address, next, from, nanos);
                return null;
              }));
    }
    clients.shutdown();
    for (Future<?> client : running) {
      client.get();
    }
    long answered = System.nanoTime();
    new IndexedSize(server.address).await();
    server.rates.add(nanos.length / ((answered - started) / 1e9));
    server.indexed.add((System.nanoTime() - answered) / 1e9);
    Arrays.stream(nanos).forEach(server.nanos::add);
  }

  private void submitSome(URI server, AtomicInteger next, int from, long[] nanos)
      throws IOException {
    try (PostConnection connection = new PostConnection(server)) {
      for (int i = next.getAndIncrement(); i < from + nanos.length; i = next.getAndIncrement()) {
        long sent = System.nanoTime();
        int status = connection.post("/api/v1/attestations", envelopes[i]);
        nanos[i - from] = System.nanoTime() - sent;
        if (status != 200 && status != 201) {
          throw new IOException("expected status 200 or 201, found " + status);
        }
      }
    }
  }
}
