package org.whonix2.server.web;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * How slowly bytes may move: at a rate, or behind it by the grace at most. Nothing is saved up, so
 * that whoever was fast at first cannot stand still for longer later.
 */
final class Pace {
  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  private final long grace;
  private final long slowest;
  private final LongSupplier nanoTime;
  private long ends;

  /**
   * Begins now.
   *
   * @param slowest bytes a second
   * @param nanoTime such as {@link System#nanoTime}
   */
  Pace(Duration grace, long slowest, LongSupplier nanoTime) {
    this.grace = grace.toNanos();
    this.slowest = slowest;
    this.nanoTime = nanoTime;
    this.ends = nanoTime.getAsLong() + this.grace;
  }

  /** So many bytes more have moved. */
  void moved(int bytes) {
    ends = nanoTime.getAsLong() + Math.min(left() + bytes * SECOND / slowest, grace);
  }

  /** Nanoseconds until it is too slow if nothing moves; not positive if it is. */
  long left() {
    return ends - nanoTime.getAsLong();
  }
}
