package org.whonix2.server.store;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/** How far the indexes that follow know the tree, and who brings them on: one thread at a time. */
final class Following {
  /** What whoever asks such an index waits for it. */
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  /** Who waits holds a thread meanwhile: others are told what is known. */
  private static final int ASKING = 16;

  /** Tells the indexes of some entries; returns to which size they know the tree. */
  interface Step {
    long tell() throws StoreException;
  }

  private final Step step;
  private final Lock turn = new ReentrantLock(true);
  private final Semaphore asking = new Semaphore(ASKING);
  private final AtomicLong known = new AtomicLong();

  Following(Step step) {
    this.step = step;
  }

  long known() {
    return known.get();
  }

  /** Takes steps until they know the tree of this size; returns a smaller one if patience ends. */
  long upTo(long size) throws StoreException {
    if (known.get() < size && asking.tryAcquire()) {
      try {
        stepUntil(size, System.nanoTime() + PATIENCE.toNanos());
      } finally {
        asking.release();
      }
    }
    return Math.min(size, known.get());
  }

  private void stepUntil(long size, long end) throws StoreException {
    while (known.get() < size && isOurTurn(end)) {
      try {
        some();
      } finally {
        turn.unlock();
      }
    }
  }

  private boolean isOurTurn(long until) {
    long left = until - System.nanoTime();
    try {
      return left > 0 && turn.tryLock(left, TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Takes one step, however long it waits for its turn. */
  long some() throws StoreException {
    turn.lock();
    try {
      long size = step.tell();
      // Less than before where the database went back.
      known.set(size);
      return size;
    } finally {
      turn.unlock();
    }
  }
}
