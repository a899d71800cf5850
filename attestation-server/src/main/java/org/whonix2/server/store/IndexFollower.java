package org.whonix2.server.store;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread that tells the indexes that follow a log of its entries, so that whoever asks them
 * need not wait. While entries come in it rests three times as long as it works: they come first.
 */
public final class IndexFollower implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(IndexFollower.class);

  /** How soon new entries are seen, those of another process too. */
  private static final Duration LOOK = Duration.ofMillis(200);

  /** How often they are looked at where there is nothing new: the database may have gone back. */
  private static final Duration AGAIN = Duration.ofSeconds(5);

  private static final long REST = 3;
  private static final Duration AFTER_FAILURE = Duration.ofSeconds(5);

  private final LogStore store;
  private final Worker worker = new Worker("indexes", this::run);
  private long lookedAt = System.nanoTime() - AGAIN.toNanos();
  private boolean closing;

  public IndexFollower(LogStore store) {
    this.store = store;
  }

  public void start() {
    worker.start();
  }

  private void run() {
    try {
      Duration pause = Duration.ZERO;
      while (rest(pause) && store.isSound()) {
        pause = follow();
      }
    } catch (InterruptedException e) {
      LOG.warn("the indexes do not follow any more: interrupted");
    }
  }

  /** Tells them of some entries; returns how long to rest then. */
  private Duration follow() {
    try {
      long begun = System.nanoTime();
      long size = store.head().size();
      if (store.followed() >= size && begun - lookedAt < AGAIN.toNanos()) {
        return LOOK;
      }
      lookedAt = begun;
      store.followSome();
      boolean busy = store.head().size() > size;
      return busy ? Duration.ofNanos(REST * (System.nanoTime() - begun)) : Duration.ZERO;
    } catch (StoreException | RuntimeException e) {
      LOG.error("the indexes do not follow, and are told again soon", e);
      return AFTER_FAILURE;
    }
  }

  /** Returns whether to go on then. */
  private synchronized boolean rest(Duration pause) throws InterruptedException {
    long until = System.nanoTime() + pause.toNanos();
    for (long left = pause.toNanos(); !closing && left > 0; left = until - System.nanoTime()) {
      TimeUnit.NANOSECONDS.timedWait(this, left);
    }
    return !closing;
  }

  /** Lets the step that is under way end. */
  @Override
  public void close() {
    synchronized (this) {
      closing = true;
      notifyAll();
    }
    worker.awaitEnd();
  }
}
