package org.whonix2.core.snapshot;

/** What a header did to its rebuilder's chain. Only {@link Extended} moves the newest snapshot. */
public sealed interface ChainOutcome {
  /** What happened, for people. */
  String explain();

  /**
   * The chain is longer.
   *
   * @param newest the last one, later than the header given if others had waited for it
   */
  record Extended(LoggedHeader newest) implements ChainOutcome {
    @Override
    public String explain() {
      return "snapshot of " + newest;
    }
  }

  /** What the log has already, signed or written down once more: nothing new. */
  record Repeated(LoggedHeader known) implements ChainOutcome {
    @Override
    public String explain() {
      return "known already: " + known;
    }
  }

  /**
   * A snapshot of the past was logged again. The rebuilder did sign it, and anybody can have logged
   * it again: this proves nothing about the rebuilder, and does not bring the past back.
   */
  record Rollback(LoggedHeader newest, LoggedHeader found) implements ChainOutcome {
    @Override
    public String explain() {
      return "an older snapshot was logged again: expected after " + newest + ", found " + found;
    }
  }

  /**
   * Snapshots before this one are not in the log: somebody withholds them, or sends them late. This
   * one waits for them.
   *
   * @param first the first epoch that is missing
   */
  record Withheld(LoggedHeader found, long first) implements ChainOutcome {
    @Override
    public String explain() {
      return "the snapshot of epoch " + first + " is missing before " + found;
    }
  }

  /** Proof against the rebuilder, by its own signatures: its snapshots count no more. */
  sealed interface Misbehaviour extends ChainOutcome {
    /** The one of the two signed statements that stands first in the log. */
    LoggedHeader first();

    LoggedHeader second();
  }

  /** Two different payloads of one epoch. */
  record Equivocation(LoggedHeader first, LoggedHeader second) implements Misbehaviour {
    @Override
    public String explain() {
      return "two snapshots of one epoch: " + first + " and " + second;
    }
  }

  /**
   * A snapshot that names as its previous one another than the rebuilder's own of that epoch: it
   * signed two histories.
   *
   * @param first which of the two was logged first; they are of neighbouring epochs
   */
  record Unlinked(LoggedHeader first, LoggedHeader second) implements Misbehaviour {
    @Override
    public String explain() {
      return "a snapshot that does not follow the one before it: " + first + " and " + second;
    }
  }
}
