package org.whonix2.core.verdict;

import java.util.List;

/**
 * What one log told.
 *
 * @param origin of the log
 * @param attestations those of the policy's rebuilders whose signature holds
 * @param unread entries that count nothing, and why
 */
public record LogEvidence(
    String origin, Standing standing, List<LoggedAttestation> attestations, List<Unread> unread) {
  public LogEvidence {
    attestations = List.copyOf(attestations);
    unread = List.copyOf(unread);
  }

  /** A log of which nothing may be believed. */
  public static LogEvidence of(String origin, Standing standing) {
    return new LogEvidence(origin, standing, List.of(), List.of());
  }

  /** An entry that counts nothing. */
  public record Unread(long index, String why) {}
}
