package org.whonix2.server.store;

/**
 * Says of each entry of a log, in the log's order and before any index is told of it, whether the
 * log may have taken it in.
 */
public interface EntryRules {
  /** What came out. */
  sealed interface Judgement {}

  /** Why an entry may stand where it stands. */
  enum Taken implements Judgement {
    /** By the rules as they were right before it. */
    IN_ORDER,
    /** By the rules as they were some entries before: it was judged then, and logged later. */
    LATE,
    /** For all that is known here: what would verify its signature was not given. */
    UNVERIFIED
  }

  /** The log has never taken that in. */
  record Refused(String why) implements Judgement {}

  Judgement judge(LogEntry entry) throws StoreException;
}
