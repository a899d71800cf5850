package org.whonix2.core.verdict;

import java.time.Instant;

/**
 * What this box has seen and does not go back behind.
 *
 * @param policySerial the largest serial of a policy that was in force here, 0 if none was
 * @param clock a time that has passed: the newest that enough witnesses have signed
 */
public record Kept(int policySerial, Instant clock) {
  /** Before the first sync. */
  public static final Kept NOTHING = new Kept(0, Instant.EPOCH);
}
