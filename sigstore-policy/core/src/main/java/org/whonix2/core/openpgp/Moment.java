package org.whonix2.core.openpgp;

import java.time.Instant;

/**
 * From where something signed is judged.
 *
 * @param index the entry's index in its log; the largest number outside of logs, where every
 *     revocation counts
 * @param at when neither keys nor signatures may have ended
 * @param latest the last date that what a primary key says about its keys may bear
 */
record Moment(long index, Instant at, Instant latest) {
  /** Outside of logs: {@code at} is now. */
  static Moment now(Instant at) {
    return new Moment(Long.MAX_VALUE, at, at.plus(Signature.CLOCK_SKEW));
  }

  /** An entry of a log. Its keys' certificate may have been renewed after it. */
  static Moment logged(long index, Instant by) {
    return new Moment(index, by, Instant.MAX);
  }
}
