package org.whonix2.core.policy;

import java.time.Instant;
import java.util.Optional;

/**
 * The demands that apply to some votes, and where in the policy they stand.
 *
 * @param rule the number of the rule, or empty for the policy's own demands
 * @param until when they cease to apply, where the rule is a relaxation
 */
public record Terms(Demands demands, Optional<Integer> rule, Optional<Instant> until) {
  @Override
  public String toString() {
    return rule.map(number -> "rule " + number).orElse("the policy's quorum");
  }
}
