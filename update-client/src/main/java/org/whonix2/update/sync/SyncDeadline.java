package org.whonix2.update.sync;

import java.time.Duration;

/** Until when something must be done, by a clock that is never set. */
final class SyncDeadline {
  private final Duration time;
  private final long end;

  private SyncDeadline(Duration time) {
    this.time = time;
    this.end = System.nanoTime() + time.toNanos();
  }

  static SyncDeadline in(Duration time) {
    return new SyncDeadline(time);
  }

  /** Half of what is left: for one of several, so that a slow one leaves time to the others. */
  SyncDeadline half() {
    return new SyncDeadline(Duration.ofNanos(Math.max(0, left()) / 2));
  }

  boolean isOver() {
    return left() <= 0;
  }

  private long left() {
    return end - System.nanoTime();
  }

  /** How long it was, for messages. */
  @Override
  public String toString() {
    return time.toString();
  }
}
