package org.whonix2.update.attack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.log.EntryBundle;
import org.whonix2.core.log.FollowOutcome;
import org.whonix2.core.log.SignedNote;
import org.whonix2.io.http.FetchException;
import org.whonix2.io.http.HttpDeadlines;
import org.whonix2.io.http.HttpTransport;
import org.whonix2.update.sync.SyncLimits;

/** A log's server, or who is in between, that answers without an end or hardly at all. */
class HostileServerTest extends AttackTest {
  private static final SyncLimits LONG = new SyncLimits(Duration.ofMinutes(1), 512L << 20);
  private static final int SLACK = 8 << 20;

  private final AtomicLong sent = new AtomicLong();

  @BeforeEach
  void whatIsKnownStaysInForce() throws Exception {
    logBoth();
    assertThat(sync()).isZero();
    accepts(deb);
  }

  /** Answers one path like this, and all others well. */
  private void answer(String path, HttpHandler handler) {
    sent.set(0);
    log.instead = asked -> asked.startsWith(path) ? Optional.of(handler) : Optional.empty();
  }

  private void endlessly(HttpExchange exchange) throws IOException {
    exchange.sendResponseHeaders(200, 0);
    byte[] some = new byte[1 << 16];
    while (true) {
      exchange.getResponseBody().write(some);
      sent.addAndGet(some.length);
    }
  }

  /** Ends as it began, with the next sync well. */
  private void isUnharmed() throws Exception {
    accepts(deb);
    log.serveWell();
    assertThat(sync()).isZero();
    accepts(deb);
  }

  @Test
  void anEndlessCheckpoint() throws Exception {
    answer("checkpoint", this::endlessly);
    aReaderWithoutALimitTakesItAll("checkpoint");
    syncEndsWith(5, "/checkpoint: expected at most " + SignedNote.MAX_BYTES + " bytes, found more");
    assertThat(sent.get()).isLessThan(SignedNote.MAX_BYTES + SLACK);
    isUnharmed();
  }

  @Test
  void endlessEntries() throws Exception {
    log.entries.add(attestation(2, 1));
    answer("tile/", this::endlessly);
    aReaderWithoutALimitTakesItAll("tile/entries/000.p/3");
    syncEndsWith(5, "expected at most " + EntryBundle.MAX_BYTES + " bytes, found more");
    assertThat(sent.get()).isLessThan(EntryBundle.MAX_BYTES + SLACK);
    isUnharmed();
  }

  /** As much as it is ready to take. */
  private void aReaderWithoutALimitTakesItAll(String path) {
    int much = 64 << 20;
    try (HttpTransport transport = new HttpTransport(HttpDeadlines.STANDARD)) {
      assertThatExceptionOfType(FetchException.class)
          .isThrownBy(() -> transport.fetch(URI.create(log.url() + "/" + path), much))
          .withMessageContaining("expected at most " + much + " bytes, found more");
    }
    assertThat(sent.getAndSet(0)).isGreaterThanOrEqualTo(much);
  }

  @Test
  void anAnswerThatAnnouncesWithoutEnd() throws Exception {
    answer("checkpoint", exchange -> exchange.sendResponseHeaders(200, Long.MAX_VALUE));
    syncEndsWith(5, Long.MAX_VALUE + " announced");
    isUnharmed();
  }

  /** Bundle after bundle, each of a right length, of a tree that log and witnesses all signed. */
  @Test
  void bundlesWithoutEnd() throws Exception {
    byte[] bundle = endlessBundles(2_000);
    SyncLimits limits = new SyncLimits(Duration.ofMinutes(1), 10L * bundle.length);
    assertThatExceptionOfType(FetchException.class)
        .isThrownBy(() -> follow(limits))
        .withMessageContaining("bytes of new entries, found more");
    assertThat(sent.get()).isBetween(10L, 12L);

    SyncLimits more = new SyncLimits(Duration.ofMinutes(1), 100L * bundle.length);
    assertThatExceptionOfType(FetchException.class).isThrownBy(() -> follow(more));
    assertThat(sent.get()).as("with a larger limit it goes on").isGreaterThan(90);
    isUnharmed();
  }

  @Tag("heavy")
  @Test
  void bundlesWithoutEndAsTheProgramIs() throws Exception {
    byte[] bundle = endlessBundles(65_000);
    syncEndsWith(5, "expected at most " + (512L << 20) + " bytes of new entries, found more");
    assertThat(sent.get() * bundle.length).isBetween(512L << 20, (512L << 20) + 3L * bundle.length);
    assertThat(err).contains("it goes on where this one ended");
    isUnharmed();
  }

  private byte[] endlessBundles(int length) throws Exception {
    List<byte[]> entries = new ArrayList<>();
    for (int i = 0; i < 256; i++) {
      entries.add(new byte[length]);
    }
    byte[] bundle = EntryBundle.format(entries);
    byte[] checkpoint = log.checkpoint(1L << 40, Sha256.of(bundle));
    sent.set(0);
    log.instead =
        path ->
            Optional.of(
                exchange -> {
                  byte[] body = path.equals("checkpoint") ? checkpoint : bundle;
                  sent.addAndGet(path.equals("checkpoint") ? 0 : 1);
                  exchange.sendResponseHeaders(200, body.length);
                  exchange.getResponseBody().write(body);
                });
    return bundle;
  }

  /** Sends the honest checkpoint, in about three seconds. */
  private void drip(HttpExchange exchange) throws IOException {
    try {
      byte[] checkpoint = log.checkpoint();
      exchange.sendResponseHeaders(200, checkpoint.length);
      int step = checkpoint.length / 30 + 1;
      for (int at = 0; at < checkpoint.length; at += step) {
        exchange.getResponseBody().write(checkpoint, at, Math.min(step, checkpoint.length - at));
        exchange.getResponseBody().flush();
        Thread.sleep(100);
      }
    } catch (MalformedInputException | InterruptedException e) {
      throw new IOException(e);
    }
  }

  @Test
  void aCheckpointByteByByte() throws Exception {
    answer("checkpoint", this::drip);
    HttpDeadlines patient = new HttpDeadlines(Duration.ofSeconds(5), Duration.ofSeconds(30));
    assertThat(follow(LONG, patient)).isInstanceOf(FollowOutcome.Unchanged.class);

    HttpDeadlines hasty = new HttpDeadlines(Duration.ofSeconds(5), Duration.ofSeconds(1));
    assertThatExceptionOfType(FetchException.class)
        .isThrownBy(() -> follow(LONG, hasty))
        .withMessageContaining("expected the whole answer within PT1S, found it unfinished after ");
    isUnharmed();
  }

  @Tag("heavy")
  @Test
  void aByteASecondAsTheProgramIs() throws Exception {
    answer(
        "checkpoint",
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          while (true) {
            exchange.getResponseBody().write('x');
            exchange.getResponseBody().flush();
            pause(1_000);
          }
        });
    long begun = System.nanoTime();
    syncEndsWith(5, "expected the whole answer within PT1M, found it unfinished after ");
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(75));
    isUnharmed();
  }

  /** Each bundle is in time, all of them are not. */
  @Test
  void bundlesOneByOne() throws Exception {
    for (int i = 0; i < 9 * 256; i++) {
      log.entries.add(("entry " + i).getBytes(StandardCharsets.UTF_8));
    }
    log.bundleFilter =
        bundle -> {
          pause(500);
          return bundle;
        };
    assertThat(sync("--time-limit", "1s")).isEqualTo(5);
    assertThat(err).contains("expected to be done within PT1S, was not");
    assertThat(log.bundles.get()).isLessThan(6);
    assertThat(sync("--time-limit", "1m")).as("with time enough it takes them").isZero();
    isUnharmed();
  }

  private static void pause(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
