package org.whonix2.server.sequencer;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.whonix2.server.store.LogEntry;
import org.whonix2.server.store.LogStore;
import org.whonix2.server.store.PublishedNote;
import org.whonix2.server.store.StoreException;
import org.whonix2.server.store.Worker;

/** The thread that gives entries their places, and its bounded queue. */
public final class Sequencer implements AutoCloseable {
  /** Submissions that may wait; at the longest entries that is 64 MiB. */
  public static final int CAPACITY = 1_024;

  private static final Logger LOG = LoggerFactory.getLogger(Sequencer.class);
  private static final Duration WAKE = Duration.ofMillis(200);
  private static final Duration INCOMPLETE_REFRESH = Duration.ofSeconds(35);

  private final LogStore store;
  private final Publisher publisher;
  private final Duration refresh;
  private final BlockingQueue<Submission> waiting = new ArrayBlockingQueue<>(CAPACITY);
  private final Worker worker = new Worker("sequencer", this::run);
  private volatile boolean closing;
  private volatile boolean failed;

  /**
   * @param refresh how long a checkpoint may stand before it is cosigned anew though nothing
   *     changed
   */
  public Sequencer(LogStore store, Publisher publisher, Duration refresh) {
    this.store = store;
    this.publisher = publisher;
    this.refresh = refresh;
  }

  public void start() {
    worker.start();
  }

  /**
   * Lets an entry wait for its place. The answer comes when a published checkpoint covers it, or
   * with a {@link StoreException}: then nobody knows whether it is stored, and submitting the same
   * bytes again tells.
   *
   * @return empty if too many wait already, or the sequencer has stopped
   */
  public Optional<CompletableFuture<Sequenced>> submit(LogEntry entry) {
    Submission submission = Submission.of(entry);
    if (closing || failed || !waiting.offer(submission)) {
      return Optional.empty();
    }
    if (failed || !worker.isRunning()) {
      // It ended between the two looks; it answers nobody any more.
      return Optional.empty();
    }
    return Optional.of(submission.answer());
  }

  /** Whether entries can still get places. */
  public boolean isRunning() {
    return worker.isRunning() && !failed && !closing;
  }

  /** Finishes what waits and stops. */
  @Override
  public void close() {
    closing = true;
    worker.awaitEnd();
    failWaiting(new StoreException("the log has stopped"));
  }

  private void run() {
    try {
      long refreshed = System.nanoTime();
      refresh();
      while (store.isSound() && (!closing || !waiting.isEmpty())) {
        Submission first = waiting.poll(WAKE.toMillis(), TimeUnit.MILLISECONDS);
        if (first != null) {
          if (sequence(first)) {
            refreshed = System.nanoTime();
          }
        } else if (System.nanoTime() - refreshed >= untilRefresh().toNanos()) {
          refreshed = System.nanoTime();
          refresh();
        }
      }
      if (!store.isSound()) {
        LOG.error("the sequencer ends: the database must not be used any more");
      }
    } catch (InterruptedException e) {
      LOG.warn("the sequencer was interrupted");
    } catch (RuntimeException e) {
      LOG.error("the sequencer ends: this is a bug", e);
    } finally {
      failed = !closing;
      failWaiting(new StoreException("the log takes no entries any more"));
    }
  }

  /** A checkpoint that lacks a cosignature is published anew soon: boxes may be waiting for it. */
  private Duration untilRefresh() {
    return publisher.isComplete() || refresh.compareTo(INCOMPLETE_REFRESH) < 0
        ? refresh
        : INCOMPLETE_REFRESH;
  }

  /** Returns whether a checkpoint was published. */
  private boolean sequence(Submission first) {
    List<Submission> taken = new ArrayList<>(List.of(first));
    waiting.drainTo(taken);
    Group group = new Group(taken);
    try {
      group.store(store);
      PublishedNote latest = publisher.latest();
      boolean covered = latest.size() >= group.coveringSize();
      group.answer(covered ? latest : publisher.publish());
      return !covered;
    } catch (IOException e) {
      LOG.error("a group of {} submissions failed: {}", taken.size(), e.getMessage());
      group.fail(e);
      return false;
    } catch (RuntimeException | Error e) {
      group.fail(new StoreException("the server failed", e));
      throw e;
    }
  }

  private void refresh() {
    try {
      publisher.publish();
    } catch (IOException e) {
      LOG.error("the checkpoint was not refreshed: {}", e.getMessage());
    }
  }

  private void failWaiting(StoreException why) {
    List<Submission> left = new ArrayList<>();
    waiting.drainTo(left);
    left.forEach(submission -> submission.answer().completeExceptionally(why));
  }
}
