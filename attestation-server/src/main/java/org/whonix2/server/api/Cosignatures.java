package org.whonix2.server.api;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.log.SignedNote;
import org.whonix2.server.sequencer.Sequenced;
import org.whonix2.server.store.PublishedNote;
import org.whonix2.server.store.StoreException;

/** Waits until enough witnesses have cosigned what is published. No thread waits. */
final class Cosignatures {
  private static final Duration STEP = Duration.ofMillis(200);

  /** The checkpoint that is published now. */
  interface Latest {
    PublishedNote get() throws StoreException;
  }

  private final Latest latest;
  private final Duration deadline;
  private final Executor steps;

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
    return await(entry, cosigned, System.nanoTime() + deadline.toNanos());
  }

  private CompletableFuture<Sequenced> await(Sequenced entry, int cosigned, long until) {
    if (cosigned == 0 || count(entry.checkpoint()) >= cosigned || System.nanoTime() - until >= 0) {
      return CompletableFuture.completedFuture(entry);
    }
    return CompletableFuture.supplyAsync(
            this::look,
            CompletableFuture.delayedExecutor(STEP.toMillis(), TimeUnit.MILLISECONDS, steps))
        .thenCompose(
            found ->
                await(
                    found.size() < entry.checkpoint().size()
                        ? entry
                        : new Sequenced(entry.index(), entry.isNew(), found),
                    cosigned,
                    until));
  }

  private PublishedNote look() {
    try {
      return latest.get();
    } catch (StoreException e) {
      throw new CompletionException(e);
    }
  }
}
