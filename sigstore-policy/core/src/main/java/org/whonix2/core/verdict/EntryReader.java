package org.whonix2.core.verdict;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.dsse.Envelope;
import org.whonix2.core.dsse.Verification;
import org.whonix2.core.dsse.VerifiedEnvelope;
import org.whonix2.core.policy.Rebuilder;
import org.whonix2.core.policy.UpdatePolicy;
import org.whonix2.core.statement.RebuildAttestation;
import org.whonix2.core.statement.Statement;

/**
 * Turns a log's entries into {@link LogEvidence}. Signatures are verified before a payload is
 * parsed; what does not hold counts nothing and is listed.
 */
public final class EntryReader {
  private final UpdatePolicy policy;
  private final String origin;
  private final Instant now;
  private final List<LoggedAttestation> attestations = new ArrayList<>();
  private final List<LogEvidence.Unread> unread = new ArrayList<>();
  private long next;

  /**
   * A reader at the log's first entry.
   *
   * @param now when keys must be valid
   */
  public EntryReader(UpdatePolicy policy, String origin, Instant now) {
    this.policy = policy;
    this.origin = origin;
    this.now = now;
  }

  /** Takes the next entry. */
  public void accept(byte[] entry) {
    long index = next++;
    try {
      Verification verification =
          VerifiedEnvelope.verify(Envelope.parse(entry), policy::certificate, now);
      if (verification instanceof Verification.Verified verified) {
        accept(index, verified.envelope());
      } else if (verification instanceof Verification.Rejected rejected) {
        unread.add(new LogEvidence.Unread(index, rejected.reason()));
      }
    } catch (MalformedInputException e) {
      unread.add(new LogEvidence.Unread(index, String.valueOf(e.getMessage())));
    }
  }

  private void accept(long index, VerifiedEnvelope envelope) throws MalformedInputException {
    Rebuilder rebuilder =
        policy
            .rebuilder(envelope.signer())
            .orElseThrow(() -> new IllegalStateException("verified by a key of nobody"));
    Statement statement = Statement.parse(envelope.payloadType(), envelope.payload());
    if (statement instanceof RebuildAttestation attestation) {
      if (!attestation.rebuilder().equals(envelope.signer())) {
        throw new MalformedInputException(
            "expected an attestation by its signer "
                + envelope.signer()
                + ", found one by "
                + attestation.rebuilder());
      }
      attestations.add(
          new LoggedAttestation(
              origin, index, rebuilder, attestation, Sha256.of(envelope.payload())));
    }
  }

  /** Everything taken so far, under this standing. */
  public LogEvidence evidence(Standing standing) {
    return new LogEvidence(origin, standing, attestations, unread);
  }
}
