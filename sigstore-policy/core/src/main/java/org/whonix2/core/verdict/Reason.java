package org.whonix2.core.verdict;

/**
 * Why a file is refused.
 *
 * @param rule which rule says so
 * @param what was found, for people
 * @param remedy what would have to happen
 */
public record Reason(Rule rule, String what, String remedy) {
  /** The rules that refuse, from the least to the gravest kind of answer. */
  public enum Rule {
    /** Too few operators vote for this file's SHA-256. */
    QUORUM(Kind.REFUSED),
    /** The votes do not differ as the policy asks. */
    DISTINCT(Kind.REFUSED),
    /** Another hash class that the policy asks for has no such quorum for the same source. */
    ALSO(Kind.REFUSED),
    /** The first vote is not old enough. */
    MIN_AGE(Kind.REFUSED),
    /** Operators got other bits from the same source in the same environment. */
    VETO(Kind.REFUSED),
    /** The policy's time is over. */
    POLICY_EXPIRED(Kind.REFUSED),
    /** The policy is older than one that was in force. */
    POLICY_ROLLBACK(Kind.REFUSED),
    /** The clock shows a time that has passed already. */
    CLOCK_BEHIND(Kind.EVIDENCE),
    /** Too many rebuilders have not published a snapshot lately. */
    SILENT(Kind.EVIDENCE),
    /** A log of the policy was never followed. */
    LOG_MISSING(Kind.EVIDENCE),
    /** A log's newest word is too old, or was cosigned by too few. */
    LOG_STALE(Kind.EVIDENCE),
    /** A log went back or showed two histories. */
    LOG_MISBEHAVED(Kind.MISBEHAVIOUR),
    /** A rebuilder whose vote is missing signed two different statements under one number. */
    EQUIVOCATION(Kind.MISBEHAVIOUR);

    private final Kind kind;

    Rule(Kind kind) {
      this.kind = kind;
    }

    public Kind kind() {
      return kind;
    }
  }

  /** What kind of refusal it is; the graver one decides a program's exit code. */
  public enum Kind {
    REFUSED,
    EVIDENCE,
    MISBEHAVIOUR
  }
}
