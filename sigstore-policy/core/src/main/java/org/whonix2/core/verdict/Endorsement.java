package org.whonix2.core.verdict;

import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.whonix2.core.openpgp.Fingerprint;
import org.whonix2.core.policy.Signatories;

/**
 * One reviewer's signed word that something is all right.
 *
 * @param until from then on it is as if it were not there
 */
record Endorsement(Fingerprint reviewer, Instant until) {
  /** When these cease to be enough, if they are enough now. */
  static Optional<Instant> level(
      Collection<Endorsement> endorsements, Signatories reviewers, Instant now) {
    Map<String, Instant> ends = new HashMap<>();
    for (Endorsement endorsement : endorsements) {
      var reviewer = reviewers.withKey(endorsement.reviewer);
      if (reviewer.isPresent() && now.isBefore(endorsement.until)) {
        ends.merge(
            reviewer.get().name(),
            endorsement.until,
            (one, other) -> one.isAfter(other) ? one : other);
      }
    }
    return reviewers.group().flatMap(group -> group.highest(ends));
  }
}
