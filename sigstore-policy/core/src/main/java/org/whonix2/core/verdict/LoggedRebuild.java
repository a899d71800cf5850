package org.whonix2.core.verdict;

import java.time.Instant;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.policy.Rebuilder;
import org.whonix2.core.statement.Rebuild;
import org.whonix2.core.statement.RebuildStatement;

/**
 * What a rebuilder of the policy said of a rebuild, its signature verified, as it stands in a log.
 *
 * @param log the log's origin
 * @param index of the entry in that log
 * @param loggedBy by then it stood there; it may have stood there long before
 * @param payload digest of the bytes that were signed
 */
public record LoggedRebuild(
    String log,
    long index,
    Instant loggedBy,
    Rebuilder rebuilder,
    RebuildStatement statement,
    Sha256 payload) {
  /** The circumstances of the rebuild. */
  public Rebuild rebuild() {
    return statement.rebuild();
  }

  /** The same, known to stand there by then. */
  LoggedRebuild loggedBy(Instant time) {
    return new LoggedRebuild(log, index, time, rebuilder, statement, payload);
  }

  /** The same, in as little memory as can be. */
  LoggedRebuild sharing(Shared parts) {
    return new LoggedRebuild(log, index, loggedBy, rebuilder, parts.of(statement), payload);
  }

  /** Where it stands, for messages. */
  String place() {
    return "entry " + index + " of " + log;
  }
}
