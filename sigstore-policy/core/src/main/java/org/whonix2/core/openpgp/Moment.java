package org.whonix2.core.openpgp;

import java.time.Instant;

/**
 * From where something signed is judged.
 *
 * @param index the entry's index in its log; the largest number outside of logs, where every
 *     revocation counts
 * @param at when neither keys nor signatures may have ended
 * @param latest the last date that what a primary key says about its keys may bear
 * @param ownWord whether a soft revocation counts by its date, for want of a log's order
 */
record Moment(long index, Instant at, Instant latest, boolean ownWord) {
  /** Outside of logs: {@code at} is now. */
  static Moment now(Instant at) {
    return new Moment(Long.MAX_VALUE, at, at.plus(Signature.CLOCK_SKEW), false);
  }

  /**
   * When something says that it was signed, where no log says more. Its keys' certificate may have
   * been renewed since.
   */
  static Moment signed(Instant at) {
    return new Moment(SelfSignature.PINNED, at, Instant.MAX, true);
  }

  /** An entry of a log. Its keys' certificate may have been renewed after it. */
  static Moment logged(long index, Instant by) {
    return new Moment(index, by, Instant.MAX, false);
  }

  /** Whether something dated so came before this moment, as far as dates are believed here. */
  boolean isAfterItsOwnWord(Instant dated) {
    return ownWord && !dated.isAfter(at);
  }
}
