package org.whonix2.core.verdict;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.whonix2.core.policy.Rebuilder;
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
    policyMustNotBeOlderThanTheLast();
    clockMustNotBeBehind();
    Instant fresh = everyLogMustBeFresh();
    Instant heard = rebuildersMustNotBeSilent();
    this.until = heard.isBefore(fresh) ? heard : fresh;
  }

  /** Looks at policy, logs and time. */
  public static Grounds of(UpdatePolicy policy, Evidence evidence, Instant now) {
    return new Grounds(policy, evidence, now);
  }

  UpdatePolicy policy() {
    return policy;
  }

  Evidence evidence() {
    return evidence;
  }

  /** The one instant of this run. */
  public Instant now() {
    return now;
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

  private void policyMustNotBeOlderThanTheLast() {
    int last = evidence.kept().policySerial();
    if (policy.serial() < last) {
      refuse(
          Rule.POLICY_ROLLBACK,
          "the policy '"
              + policy.name()
              + "' has serial "
              + policy.serial()
              + ", and "
              + last
              + " was in force before",
          "get the newest policy; an older one is never taken back");
    }
  }

  private void clockMustNotBeBehind() {
    Instant passed = evidence.kept().clock();
    if (BoxClock.latestBelievable(now).isBefore(passed)) {
      refuse(
          Rule.CLOCK_BEHIND,
          "the clock says " + now + ", and the witnesses had signed " + passed + " before",
          "set the clock right");
    }
  }

  /**
   * Silence is visible: a rebuilder that publishes nothing for so long may be kept from it. Gives
   * when one more than may be silent will be.
   */
  private Instant rebuildersMustNotBeSilent() {
    if (policy.silent().isEmpty()) {
      return policy.expires();
    }
    int atMost = policy.silent().getAsInt();
    List<Silence> silences =
        policy.rebuilders().stream().map(this::silence).sorted(Silence.FIRST).toList();
    Silence oneTooMany = silences.get(atMost);
    List<String> silent =
        silences.stream()
            .filter(silence -> !now.isBefore(silence.from))
            .map(Silence::rebuilder)
            .toList();
    if (silent.size() > atMost) {
      refuse(
          Rule.SILENT,
          silent.size()
              + " rebuilders are silent for "
              + policy.freshness()
              + ", at most "
              + atMost
              + " may be: "
              + String.join(", ", silent),
          "ask their operators, and the log's; then run whonix2-update sync");
    }
    return oneTooMany.from;
  }

  /**
   * From when on a rebuilder is silent.
   *
   * @param from the epoch, if it never published a snapshot
   */
  private record Silence(String rebuilder, Instant from) {
    static final Comparator<Silence> FIRST =
        Comparator.comparing(Silence::from).thenComparing(Silence::rebuilder);
  }

  private Silence silence(Rebuilder rebuilder) {
    return new Silence(
        rebuilder.name(),
        evidence
            .newestSnapshot(rebuilder.certificate().fingerprint())
            .map(made -> made.plus(policy.freshness()))
            .orElse(Instant.EPOCH));
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
