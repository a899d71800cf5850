package org.whonix2.core.verdict;

import java.util.List;

/**
 * How one log stands, and which of its entries count nothing.
 *
 * @param origin of the log
 * @param unread how many entries count nothing
 * @param ofRebuilders the first of those under a key id of the policy's rebuilders
 */
public record LogEvidence(
    String origin, Standing standing, long unread, List<Unread> ofRebuilders) {
  /** How many entries of a rebuilder are kept for people; anybody can make millions of them. */
  static final int KEPT = 5;

  public LogEvidence {
    ofRebuilders = List.copyOf(ofRebuilders);
  }

  /** A log of which nothing may be believed. */
  public static LogEvidence of(String origin, Standing standing) {
    return new LogEvidence(origin, standing, 0, List.of());
  }

  /** An entry that claims to be by a rebuilder of the policy and counts nothing. */
  public record Unread(long index, String rebuilder, String why) {
    @Override
    public String toString() {
      return "entry " + index + ", as if by " + rebuilder + ": " + why;
    }
  }
}
