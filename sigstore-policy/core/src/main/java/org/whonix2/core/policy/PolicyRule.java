package org.whonix2.core.policy;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.whonix2.core.artifact.PackageName;

/**
 * Other demands on some packages. The first rule that matches applies.
 *
 * @param number its place in the policy, from 1
 * @param packages one of these must match
 * @param suites one of these must have been attested; empty for any
 * @param toolchain the hash class, or empty for any
 * @param demands those of the policy with what this rule names in their place
 * @param relaxation present where the rule may ask for less than the policy does elsewhere
 */
public record PolicyRule(
    int number,
    List<PackagePattern> packages,
    Set<String> suites,
    Optional<String> toolchain,
    Demands demands,
    Optional<Relaxation> relaxation) {
  public PolicyRule {
    packages = List.copyOf(packages);
    suites = Set.copyOf(suites);
  }

  /**
   * Leave to ask for less.
   *
   * @param until from then on the rule is as if it were not there
   */
  public record Relaxation(Instant until, String reason) {}

  boolean matches(PackageName name, String suite, String hashClass, Instant now) {
    return concerns(name, now)
        && (suites.isEmpty() || suites.contains(suite))
        && toolchain.map(hashClass::equals).orElse(true);
  }

  /** Whether it matches, for some suite and hash class. */
  boolean concerns(PackageName name, Instant now) {
    return packages.stream().anyMatch(pattern -> pattern.matches(name))
        && relaxation.map(relaxed -> now.isBefore(relaxed.until())).orElse(true);
  }
}
