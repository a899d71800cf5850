package org.whonix2.rebuilder.process;

import java.io.InterruptedIOException;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The user's wish to stop (SIGINT, SIGTERM, SIGHUP), made known to whatever runs at that moment.
 * Once cancelled, no further program starts.
 */
public final class Cancellation {
  /** How long the JVM's end waits for the cleaning up. */
  private static final long CLEAN_UP_SECONDS = 60;

  private final Set<Running> running = new HashSet<>();
  private boolean cancelled;

  /** Something that can be killed from another thread. */
  interface Running {
    void kill();
  }

  /** Kills what runs, with all its descendants. */
  public void cancel() {
    synchronized (running) {
      cancelled = true;
      running.forEach(Running::kill);
    }
  }

  /**
   * Lets only those pass who may go on.
   *
   * @throws InterruptedIOException if we were told to stop
   */
  public void check() throws InterruptedIOException {
    synchronized (running) {
      if (cancelled) {
        throw new InterruptedIOException("interrupted");
      }
    }
  }

  /** From now on {@link #cancel} kills this too; at once if we are cancelled already. */
  void add(Running program) {
    synchronized (running) {
      running.add(program);
      if (cancelled) {
        program.kill();
      }
    }
  }

  void remove(Running program) {
    synchronized (running) {
      running.remove(program);
    }
  }

  /**
   * Cancels when the JVM is told to end, and holds its end back until the work has been cleaned up,
   * which the work says by closing the answer.
   */
  public Work onShutdown() {
    CountDownLatch cleaned = new CountDownLatch(1);
    Thread hook =
        new Thread(
            () -> {
              cancel();
              try {
                if (!cleaned.await(CLEAN_UP_SECONDS, TimeUnit.SECONDS)) {
                  System.err.println("error: gave up cleaning up after " + CLEAN_UP_SECONDS + " s");
                }
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            },
            "cancellation");
    Runtime.getRuntime().addShutdownHook(hook);
    return () -> {
      cleaned.countDown();
      try {
        Runtime.getRuntime().removeShutdownHook(hook);
      } catch (IllegalStateException e) {
        // The JVM is ending: the hook runs, and has what it waited for.
      }
    };
  }

  /** Work that a shutdown must wait for; closed when everything is cleaned up. */
  public interface Work extends AutoCloseable {
    @Override
    void close();
  }
}
