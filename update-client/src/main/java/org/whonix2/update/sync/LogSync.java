package org.whonix2.update.sync;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.log.FollowOutcome;
import org.whonix2.core.log.Follower;
import org.whonix2.core.log.LogState;
import org.whonix2.core.log.TrustedLog;
import org.whonix2.core.policy.LogSource;
import org.whonix2.core.policy.UpdatePolicy;
import org.whonix2.core.verdict.BoxClock;
import org.whonix2.io.http.HttpTransport;
import org.whonix2.update.store.LogStore;
import org.whonix2.update.store.LogStore.Misbehaviour;

/** Brings one log's store up to date, and keeps the proof where the log misbehaved. */
public final class LogSync {
  private final UpdatePolicy policy;
  private final HttpTransport transport;
  private final Instant now;

  public LogSync(UpdatePolicy policy, HttpTransport transport, Instant now) {
    this.policy = policy;
    this.transport = transport;
    this.now = now;
  }

  /**
   * Follows the log as far as it goes.
   *
   * @throws IOException if network or disk fail; what was kept stays good
   * @throws MalformedInputException if the store is damaged
   */
  public FollowOutcome sync(LogSource source, LogStore store)
      throws IOException, MalformedInputException {
    LogState kept = store.load(entry -> {});
    LogStore.Appender appender = store.append(kept);
    Follower follower =
        new Follower(new TrustedLog(source.origin(), List.of(source.key())), policy.witnesses());
    FollowOutcome outcome =
        follower.follow(
            kept,
            new HttpLogFetcher(transport, source.urls()),
            appender,
            BoxClock.latestBelievable(now));
    if (outcome instanceof FollowOutcome.Advanced advanced) {
      appender.commit(advanced.state());
    } else if (outcome instanceof FollowOutcome.Unchanged unchanged) {
      appender.commit(unchanged.state());
    } else if (outcome instanceof FollowOutcome.Rollback) {
      store.keepProof(Misbehaviour.ROLLBACK, outcome.explain());
    } else if (outcome instanceof FollowOutcome.Fork) {
      store.keepProof(Misbehaviour.FORK, outcome.explain());
    }
    return outcome;
  }
}
