package org.whonix2.io.cli;

/** The exit codes of all our programs. */
public enum ExitCode {
  /** Done, or accepted. */
  DONE(0),
  /** Refused by the policy. */
  REFUSED(1),
  /** Wrong usage or malformed input. */
  USAGE(2),
  /** Evidence missing or stale. */
  EVIDENCE_MISSING(3),
  /** Proof of misbehaviour found: fork, rollback, equivocation. */
  MISBEHAVIOUR(4),
  /** The outside failed: network, disk, mirror. */
  OUTSIDE_FAILED(5);

  private final int number;

  ExitCode(int number) {
    this.number = number;
  }

  public int number() {
    return number;
  }

  /** The graver of two: a program that did several things exits with the worst of their codes. */
  public ExitCode or(ExitCode other) {
    return compareTo(other) >= 0 ? this : other;
  }
}
