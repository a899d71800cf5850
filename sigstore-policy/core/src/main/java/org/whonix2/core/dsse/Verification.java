package org.whonix2.core.dsse;

/** What came of the verification of an {@link Envelope}. */
public sealed interface Verification {
  /** The signature counts. */
  record Verified(VerifiedEnvelope envelope) implements Verification {}

  /**
   * The envelope is not to be believed.
   *
   * @param reason in one lower-case sentence
   */
  record Rejected(Cause cause, String reason) implements Verification {}

  /** What a caller may want to tell apart. */
  enum Cause {
    /** The key id leads to no certificate that we have. */
    UNKNOWN_KEY,
    /** The signature does not count, or there is not exactly one. */
    BAD_SIGNATURE
  }
}
