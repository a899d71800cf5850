package org.whonix2.core.snapshot;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.whonix2.core.snapshot.ChainOutcome.Equivocation;
import org.whonix2.core.snapshot.ChainOutcome.Extended;
import org.whonix2.core.snapshot.ChainOutcome.Misbehaviour;
import org.whonix2.core.snapshot.ChainOutcome.Repeated;
import org.whonix2.core.snapshot.ChainOutcome.Rollback;
import org.whonix2.core.snapshot.ChainOutcome.Unlinked;
import org.whonix2.core.snapshot.ChainOutcome.Withheld;

/**
 * Follows the snapshots of one series through the log, from its first entry on. Each must be of the
 * next epoch and name the previous one's payload. What comes too early waits, so that whoever puts
 * entries into another order can delay a snapshot and not break the chain.
 */
public final class SnapshotChain {
  private final SnapshotSeries series;

  /** By epoch: from 1 to the newest without a gap, and those that wait. */
  private final Map<Long, LoggedHeader> seen = new HashMap<>();

  private @Nullable LoggedHeader newest;
  private @Nullable Misbehaviour misbehaviour;

  public SnapshotChain(SnapshotSeries series) {
    this.series = series;
  }

  /**
   * Takes the next header, in the order of the log. After a misbehaviour the answer is always that.
   *
   * @throws IllegalArgumentException if it is one of another series
   */
  public ChainOutcome take(LoggedHeader found) {
    if (!SnapshotSeries.of(found.header()).equals(series)) {
      throw new IllegalArgumentException("expected a header of this series");
    }
    if (misbehaviour != null) {
      return misbehaviour;
    }
    LoggedHeader known = seen.get(found.epoch());
    if (known != null) {
      return takeAgain(known, found);
    }
    long next = newestEpoch() + 1;
    seen.put(found.epoch(), found);
    for (long later = found.epoch(); later <= found.epoch() + 1; later++) {
      Misbehaviour unlinked = unlinked(later);
      if (unlinked != null) {
        misbehaviour = unlinked;
        return unlinked;
      }
    }
    if (found.epoch() != next) {
      return new Withheld(found, next);
    }
    LoggedHeader last = found;
    for (LoggedHeader waiting = found; waiting != null; waiting = seen.get(last.epoch() + 1)) {
      last = waiting;
    }
    newest = last;
    return new Extended(last);
  }

  private ChainOutcome takeAgain(LoggedHeader known, LoggedHeader found) {
    if (!known.payload().equals(found.payload())) {
      Misbehaviour proof = new Equivocation(known, found);
      misbehaviour = proof;
      return proof;
    }
    LoggedHeader last = newest;
    return last != null && known.epoch() < last.epoch()
        ? new Rollback(last, found)
        : new Repeated(known);
  }

  /**
   * The proof that the header of this epoch does not follow the one before it, if both are here.
   */
  private @Nullable Misbehaviour unlinked(long epoch) {
    LoggedHeader before = seen.get(epoch - 1);
    LoggedHeader after = seen.get(epoch);
    if (before == null
        || after == null
        || after.header().previous().filter(before.payload()::equals).isPresent()) {
      return null;
    }
    return before.index() <= after.index()
        ? new Unlinked(before, after)
        : new Unlinked(after, before);
  }

  private long newestEpoch() {
    return newest == null ? 0 : newest.epoch();
  }

  /** The newest snapshot with its whole history in the log; none while there is none. */
  public Optional<LoggedHeader> newest() {
    return Optional.ofNullable(newest);
  }

  /** Why nothing of this rebuilder's counts any more, if it is so. */
  public Optional<Misbehaviour> misbehaviour() {
    return Optional.ofNullable(misbehaviour);
  }

  public SnapshotSeries series() {
    return series;
  }
}
