package org.whonix2.core.verdict;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.whonix2.core.policy.UpdatePolicy;
import org.whonix2.core.verdict.Reason.Rule;

/**
 * The verdict rules that do not ask which file it is: where they refuse, they refuse everything.
 */
public final class Grounds {
  private final UpdatePolicy policy;
  private final Evidence evidence;
  private final Instant now;

  private final List<Reason> reasons = new ArrayList<>();
  private final Instant until;

  private Grounds(UpdatePolicy policy, Evidence evidence, Instant now) {
    this.policy = policy;
    this.evidence = evidence;
    this.now = now;
    policyMustNotBeExpired();
    this.until = everyLogMustBeFresh();
  }

  /** Looks at policy, logs and time. */
  public static Grounds of(UpdatePolicy policy, Evidence evidence, Instant now) {
    return new Grounds(policy, evidence, now);
  }

  /** Why everything is refused; empty if there is no such reason. */
  public List<Reason> reasons() {
    return List.copyOf(reasons);
  }

  /** When any acceptance ends. */
  public Instant until() {
    return until;
  }

  private void policyMustNotBeExpired() {
    if (!now.isBefore(policy.expires())) {
      refuse(
          Rule.POLICY_EXPIRED,
          "the policy '" + policy.name() + "' expired at " + policy.expires(),
          "get the newest policy");
    }
  }

  /** Gives when the acceptance ends: the policy's end or the first log to become stale. */
  private Instant everyLogMustBeFresh() {
    Instant until = policy.expires();
    for (var source : policy.logs()) {
      Standing standing =
          evidence.logs().stream()
              .filter(log -> log.origin().equals(source.origin()))
              .findFirst()
              .map(LogEvidence::standing)
              .orElse(new Standing.Absent("it was never followed"));
      Instant end = logMustBeFresh(source.origin(), standing);
      until = end.isBefore(until) ? end : until;
    }
    return until;
  }

  private Instant logMustBeFresh(String origin, Standing standing) {
    if (standing instanceof Standing.Misbehaved misbehaved) {
      refuse(
          Rule.LOG_MISBEHAVED,
          "log " + origin + " " + misbehaved.what() + "\n" + misbehaved.proof(),
          "show this proof to the log's operator and to other followers; nothing is accepted until"
              + " the log is sound again");
    } else if (standing instanceof Standing.Absent absent) {
      refuse(
          Rule.LOG_MISSING,
          "nothing is known of log " + origin + ": " + absent.why(),
          "run whonix2-update sync");
    } else if (standing instanceof Standing.Followed followed) {
      Optional<Instant> witnessed = followed.witnessed();
      if (witnessed.isEmpty()) {
        refuse(
            Rule.LOG_STALE,
            "the kept checkpoint of log " + origin + ": " + followed.cosignatures(),
            "if cosignatures are dated in the future of this clock ("
                + now
                + "), check the clock; then run whonix2-update sync");
        return now;
      }
      Instant end = witnessed.get().plus(policy.freshness());
      if (!now.isBefore(end)) {
        refuse(
            Rule.LOG_STALE,
            "the witnesses' newest word on log "
                + origin
                + " is of "
                + witnessed.get()
                + ", older than "
                + policy.freshness(),
            "run whonix2-update sync");
      }
      return end;
    }
    return now;
  }

  private void refuse(Rule rule, String what, String remedy) {
    reasons.add(new Reason(rule, what, remedy));
  }
}
