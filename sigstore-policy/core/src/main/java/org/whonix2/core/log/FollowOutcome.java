package org.whonix2.core.log;

import java.time.Instant;

/**
 * What {@link Follower#follow} found. Only the first two are good; the others keep the old state.
 */
public sealed interface FollowOutcome {
  /** What happened, for people; where it proves misbehaviour, with the signed notes that do. */
  String explain();

  /**
   * The tree is the one kept. The state may have newer cosignatures than before: store it.
   *
   * @param witnessed how fresh it is
   */
  record Unchanged(LogState state, QuorumResult.Met witnessed) implements FollowOutcome {
    @Override
    public String explain() {
      return "no new entries; " + witnessed.explain();
    }
  }

  /** The new tree extends the one kept, and the sink has every entry from {@code from} on. */
  record Advanced(LogState state, QuorumResult.Met witnessed, long from) implements FollowOutcome {
    @Override
    public String explain() {
      return "entries " + from + " to " + state.size() + "; " + witnessed.explain();
    }
  }

  /** The log's own signature under a true beginning of a tree that it has shown before. */
  record Rollback(SignedNote kept, SignedNote found) implements FollowOutcome {
    @Override
    public String explain() {
      return proof("the log went back to an older checkpoint", kept, found);
    }
  }

  /**
   * The log's own signature under two trees of which none is the other's beginning. With equal
   * sizes the two notes prove it; otherwise they and the entries of the larger tree, which hash to
   * its root and whose first ones do not hash to the smaller tree's.
   */
  record Fork(SignedNote kept, SignedNote found) implements FollowOutcome {
    @Override
    public String explain() {
      return proof("the log signed two histories", kept, found);
    }
  }

  /** Signed by the log, and not by enough witnesses. */
  record NotWitnessed(SignedNote found, QuorumResult why) implements FollowOutcome {
    @Override
    public String explain() {
      return why.explain();
    }
  }

  /**
   * The clock is behind what the witnesses of the kept tree had signed already. By such a clock old
   * cosignatures would look fresh, so nothing is believed until it is right.
   *
   * @param now the latest time that the clock lets one believe
   * @param floor a time that has passed, by as many operators as a quorum needs
   */
  record ClockBehind(Instant now, Instant floor) implements FollowOutcome {
    @Override
    public String explain() {
      return "the clock is behind: expected at least "
          + floor
          + ", which the witnesses of the kept tree had signed already, found at most "
          + now;
    }
  }

  /** Not a checkpoint by this log at all. */
  record Rejected(String reason) implements FollowOutcome {
    @Override
    public String explain() {
      return reason;
    }
  }

  /**
   * The entries served are not those of the checkpoint served with them. This proves nothing about
   * the log: whoever stands between can do it. Ask again, or elsewhere.
   */
  record ServedOtherEntries(SignedNote found, String reason) implements FollowOutcome {
    @Override
    public String explain() {
      return reason;
    }
  }

  private static String proof(String what, SignedNote kept, SignedNote found) {
    return what + "\nkept:\n" + kept + "\nfound:\n" + found;
  }
}
