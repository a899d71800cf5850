package org.whonix2.update.sync;

import java.io.IOException;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.Quoted;
import org.whonix2.core.log.Checkpoint;
import org.whonix2.core.log.FollowOutcome;
import org.whonix2.core.log.Follower;
import org.whonix2.core.log.LogState;
import org.whonix2.core.policy.LogSource;
import org.whonix2.core.policy.UpdatePolicy;
import org.whonix2.core.verdict.BoxClock;
import org.whonix2.io.http.FetchException;
import org.whonix2.io.http.HttpTransport;
import org.whonix2.update.store.Appender;
import org.whonix2.update.store.LogStore;
import org.whonix2.update.store.LogStore.Misbehaviour;
import org.whonix2.update.store.UnprovenBundles;

/**
 * Brings the logs' stores up to date, and keeps the proof where a log misbehaved. One for a whole
 * sync: its time runs from the start.
 */
public final class LogSync {
  /**
   * What no address is needed after is not here. Of the others the first is reported: those in
   * front of a rollback show that the log has not gone back, only that address has; those behind it
   * show nothing.
   */
  private static final List<Class<? extends FollowOutcome>> BEST_FIRST =
      List.of(
          FollowOutcome.Advanced.class,
          FollowOutcome.Unchanged.class,
          FollowOutcome.ClockBehind.class,
          FollowOutcome.NotWitnessed.class,
          FollowOutcome.ServedOtherEntries.class,
          FollowOutcome.Rollback.class,
          FollowOutcome.Rejected.class);

  private final UpdatePolicy policy;
  private final HttpTransport transport;
  private final Instant now;
  private final SyncLimits limits;
  private final SyncDeadline deadline;
  private final List<String> unreached = new ArrayList<>();
  private int addressesLeft;

  public LogSync(UpdatePolicy policy, HttpTransport transport, Instant now) {
    this(policy, transport, now, SyncLimits.STANDARD);
  }

  public LogSync(UpdatePolicy policy, HttpTransport transport, Instant now, SyncLimits limits) {
    this.policy = policy;
    this.transport = transport;
    this.now = now;
    this.limits = limits;
    this.deadline = SyncDeadline.in(limits.time());
    this.addressesLeft = policy.logs().stream().mapToInt(log -> log.urls().size()).sum();
  }

  /**
   * Follows the log as far as it goes, at one address after the other until one has more of it that
   * is fresh. One that has nothing new may be behind: who serves the first must not keep a box from
   * what the others have.
   *
   * @throws FetchException if no address serves it at all; what was kept stays good
   * @throws IOException if the disk fails; what was kept stays good
   * @throws MalformedInputException if the store is damaged
   */
  public FollowOutcome sync(LogSource source, LogStore store)
      throws IOException, MalformedInputException {
    addressesLeft -= source.urls().size();
    unreached.clear();
    LogState kept = load(source, store);
    Optional<FollowOutcome> best = Optional.empty();
    Optional<IOException> failure = Optional.empty();
    int left = source.urls().size();
    for (URI address : source.urls()) {
      left--;
      SyncDeadline share = left + addressesLeft > 0 ? deadline.half() : deadline;
      try {
        FollowOutcome outcome = follow(source, address, share, kept, store);
        if (outcome instanceof FollowOutcome.Fork || isFreshAndNew(outcome)) {
          return outcome;
        }
        kept = state(outcome).orElse(kept);
        best = Optional.of(best.filter(other -> isBetter(other, outcome)).orElse(outcome));
      } catch (FetchException e) {
        unreached.add(String.valueOf(e.getMessage()));
        failure = Optional.of(graver(failure, e));
      } catch (IOException e) {
        // This address may have filled the disk: another may do without.
        store.forgetUnproven();
        // What failed may have come after a commit.
        kept = load(source, store);
        failure = Optional.of(graver(failure, e));
      }
    }
    // In the latter case there may be more in the log, which could not be taken in.
    if (best.isEmpty() || (best.get() instanceof FollowOutcome.Unchanged && isOfTheDisk(failure))) {
      throw failure.orElseThrow(() -> new IllegalStateException("a log without addresses"));
    }
    if (best.get() instanceof FollowOutcome.Rollback rollback) {
      store.keepProof(Misbehaviour.ROLLBACK, rollback.explain());
    }
    return best.get();
  }

  /** Who asks for the evidence of vetoes, in half of the time that is left by then. */
  public VetoFiles vetoFiles() {
    return new VetoFiles(policy.logs(), transport, deadline);
  }

  /** Why addresses of the log that was followed last did not serve it: they may have more. */
  public List<String> unreached() {
    return List.copyOf(unreached);
  }

  /** What no address can mend is damage: the folder is named by the origin. */
  private static LogState load(LogSource source, LogStore store)
      throws IOException, MalformedInputException {
    LogState kept = store.load(entry -> {});
    Optional<String> other =
        kept.checkpoint().map(Checkpoint::origin).filter(origin -> !origin.equals(source.origin()));
    if (other.isPresent()) {
      throw new MalformedInputException(
          "expected a checkpoint of log "
              + source.origin()
              + ", found one of "
              + Quoted.of(other.get()));
    }
    return kept;
  }

  /** Whether nothing better is to be had elsewhere. */
  private boolean isFreshAndNew(FollowOutcome outcome) {
    return outcome instanceof FollowOutcome.Advanced advanced
        && now.isBefore(advanced.witnessed().time().plus(policy.freshness()));
  }

  private static Optional<LogState> state(FollowOutcome outcome) {
    if (outcome instanceof FollowOutcome.Advanced advanced) {
      return Optional.of(advanced.state());
    }
    return outcome instanceof FollowOutcome.Unchanged unchanged
        ? Optional.of(unchanged.state())
        : Optional.empty();
  }

  private static boolean isBetter(FollowOutcome one, FollowOutcome later) {
    boolean isAsGood = rank(one) <= rank(later);
    // Of two that have nothing new the later one knows both's cosignatures.
    boolean isNewer =
        later instanceof FollowOutcome.Advanced
            || (later instanceof FollowOutcome.Unchanged && one instanceof FollowOutcome.Unchanged);
    return isAsGood && !isNewer;
  }

  private static boolean isOfTheDisk(Optional<IOException> failure) {
    return failure.isPresent() && !(failure.get() instanceof FetchException);
  }

  /** The disk's failure before the network's, the first of each before others. */
  private static IOException graver(Optional<IOException> first, IOException other) {
    if (first.isEmpty()) {
      return other;
    }
    boolean isGraver = !isOfTheDisk(first) && isOfTheDisk(Optional.of(other));
    IOException graver = isGraver ? other : first.get();
    graver.addSuppressed(isGraver ? first.get() : other);
    return graver;
  }

  private static int rank(FollowOutcome outcome) {
    return BEST_FIRST.indexOf(outcome.getClass());
  }

  private FollowOutcome follow(
      LogSource source, URI address, SyncDeadline share, LogState kept, LogStore store)
      throws IOException, MalformedInputException {
    UnprovenBundles unproven = store.unproven(address);
    HttpLogFetcher fetcher = fetcher(address, share, unproven, kept, store);
    FollowOutcome outcome;
    try {
      outcome = follow(source, fetcher, kept, store);
      if (!(outcome instanceof FollowOutcome.ServedOtherEntries && fetcher.hasResumed())) {
        return forgetting(unproven, outcome);
      }
    } catch (HttpLogFetcher.DoubtfulException e) {
      // As below.
    }
    // What it served then need not be what it serves now: once more, with nothing kept.
    unproven.forget();
    outcome = follow(source, fetcher(address, share, unproven, kept, store), kept, store);
    return forgetting(unproven, outcome);
  }

  private static FollowOutcome forgetting(UnprovenBundles unproven, FollowOutcome outcome) {
    if (outcome instanceof FollowOutcome.ServedOtherEntries) {
      unproven.forget();
    }
    return outcome;
  }

  private HttpLogFetcher fetcher(
      URI address, SyncDeadline share, UnprovenBundles unproven, LogState kept, LogStore store)
      throws IOException {
    return new HttpLogFetcher(
        transport, address, share, unproven, limits.unprovenBytes(), store.bytes(kept));
  }

  private FollowOutcome follow(
      LogSource source, HttpLogFetcher fetcher, LogState kept, LogStore store)
      throws IOException, MalformedInputException {
    Follower follower = new Follower(source.log(), policy.witnesses());
    try (Appender appender = store.append(kept)) {
      FollowOutcome outcome =
          follower.follow(
              kept,
              size -> store.root(kept, size),
              fetcher,
              appender,
              BoxClock.latestBelievable(now));
      if (outcome instanceof FollowOutcome.Advanced advanced) {
        appender.commit(advanced.state());
        store.witnessed(advanced.state().size(), advanced.witnessed().by());
      } else if (outcome instanceof FollowOutcome.Unchanged unchanged) {
        appender.commit(unchanged.state());
        store.witnessed(unchanged.state().size(), unchanged.witnessed().by());
      } else if (outcome instanceof FollowOutcome.Fork) {
        store.keepProof(Misbehaviour.FORK, outcome.explain());
      }
      return outcome;
    }
  }
}
