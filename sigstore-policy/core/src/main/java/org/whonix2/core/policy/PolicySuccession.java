package org.whonix2.core.policy;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.whonix2.core.openpgp.Fingerprint;

/**
 * Whether newer policies may take the place of the one in force: serial by serial, each signed by
 * enough maintainers of the one before it and by enough of its own. Of the policies in between only
 * the signatures matter; the last one must not have expired.
 */
public final class PolicySuccession {
  private PolicySuccession() {}

  /**
   * A newer policy.
   *
   * @param endorsers primary fingerprints of those who signed the release of its document, each
   *     signature verified under the certificate that this policy or the one before it pins
   */
  public record Step(UpdatePolicy policy, Collection<Fingerprint> endorsers) {
    public Step {
      endorsers = List.copyOf(endorsers);
    }
  }

  /**
   * Why the last of these may not succeed the policy in force; empty if it may.
   *
   * @param inForce the policy that the box obeys
   * @param steps newer policies in their order, at least one
   */
  public static Optional<String> objection(UpdatePolicy inForce, List<Step> steps, Instant now) {
    if (steps.isEmpty()) {
      throw new IllegalArgumentException("expected at least one newer policy");
    }
    UpdatePolicy last = inForce;
    for (Step step : steps) {
      Optional<String> objection = objection(last, step);
      if (objection.isPresent()) {
        return objection;
      }
      last = step.policy;
    }
    return now.isBefore(last.expires())
        ? Optional.empty()
        : Optional.of(called(last) + " expired at " + last.expires());
  }

  private static Optional<String> objection(UpdatePolicy before, Step step) {
    UpdatePolicy next = step.policy;
    if (!next.name().equals(before.name())) {
      return Optional.of(
          "expected a successor of the policy '" + before.name() + "', found " + called(next));
    }
    if (next.serial() - 1 != before.serial()) {
      return Optional.of(
          "expected serial "
              + (before.serial() + 1L)
              + " of the policy '"
              + before.name()
              + "', found "
              + next.serial());
    }
    if (!before.maintainers().areMetBy(step.endorsers)) {
      return Optional.of(unsigned(next, before, step.endorsers));
    }
    if (!next.maintainers().areMetBy(step.endorsers)) {
      return Optional.of(unsigned(next, next, step.endorsers));
    }
    return Optional.empty();
  }

  private static String unsigned(
      UpdatePolicy next, UpdatePolicy whose, Collection<Fingerprint> endorsers) {
    return called(next)
        + " is not signed by enough maintainers of serial "
        + whose.serial()
        + ", missing: "
        + whose.maintainers().missing(endorsers);
  }

  private static String called(UpdatePolicy policy) {
    return "the policy '" + policy.name() + "', serial " + policy.serial() + ",";
  }
}
