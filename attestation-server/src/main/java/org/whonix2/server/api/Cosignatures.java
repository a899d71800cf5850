package org.whonix2.server.api;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.log.SignedNote;
import org.whonix2.server.sequencer.Sequenced;
import org.whonix2.server.store.PublishedNote;
import org.whonix2.server.store.StoreException;

/**
 * Waits until enough witnesses have cosigned what is published. No thread waits, and one look is
 * for all who wait: anybody can ask for an entry that is logged.
 */
final class Cosignatures {
  /** How many may wait; whoever comes then is answered at once with what there is. */
  static final int MAX_WAITING = 256;

  private static final Duration STEP = Duration.ofMillis(200);

  /** The checkpoint that is published now. */
  interface Latest {
    PublishedNote get() throws StoreException;
  }

  private final Latest latest;
  private final Duration deadline;
  private final Executor steps;
  private final Semaphore places = new Semaphore(MAX_WAITING);
  private final Queue<Waiting> waiting = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean lookIsDue = new AtomicBoolean();

  /** One who waits until that time, in nanoseconds of this process. */
  private record Waiting(
      Sequenced entry, int cosigned, long until, CompletableFuture<Sequenced> answer) {
    /** Whether it ended. */
    boolean see(PublishedNote found) {
      Sequenced seen =
          found.size() < entry.checkpoint().size()
              ? entry
              : new Sequenced(entry.index(), entry.isNew(), found);
      return (count(seen.checkpoint()) >= cosigned || System.nanoTime() - until >= 0)
          && answer.complete(seen);
    }
  }

  /**
   * @param deadline how long they may be waited for
   */
  Cosignatures(Latest latest, Duration deadline, Executor steps) {
    this.latest = latest;
    this.deadline = deadline;
    this.steps = steps;
  }

  /** How many witnesses cosigned it: only cosignatures that were verified are published. */
  static int count(PublishedNote checkpoint) {
    try {
      return SignedNote.parse(checkpoint.note()).signatures().size() - 1;
    } catch (MalformedInputException e) {
      throw new IllegalStateException("only notes are published", e);
    }
  }

  /**
   * The same entry under a checkpoint that so many cosigned, or the last one before the deadline.
   */
  CompletableFuture<Sequenced> await(Sequenced entry, int cosigned) {
    if (cosigned == 0 || count(entry.checkpoint()) >= cosigned || !places.tryAcquire()) {
      return CompletableFuture.completedFuture(entry);
    }
    Waiting one =
        new Waiting(
            entry, cosigned, System.nanoTime() + deadline.toNanos(), new CompletableFuture<>());
    waiting.add(one);
    lookLater();
    return one.answer().whenComplete((seen, failure) -> places.release());
  }

  private void lookLater() {
    if (lookIsDue.compareAndSet(false, true)) {
      CompletableFuture.delayedExecutor(STEP.toMillis(), TimeUnit.MILLISECONDS, steps)
          .execute(this::look);
    }
  }

  private void look() {
    try {
      PublishedNote found = latest.get();
      waiting.removeIf(one -> one.see(found));
    } catch (StoreException | RuntimeException e) {
      waiting.removeIf(one -> one.answer().completeExceptionally(e));
    } finally {
      lookIsDue.set(false);
      if (!waiting.isEmpty()) {
        lookLater();
      }
    }
  }
}
