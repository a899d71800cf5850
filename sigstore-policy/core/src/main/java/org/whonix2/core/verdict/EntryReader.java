package org.whonix2.core.verdict;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.dsse.Envelope;
import org.whonix2.core.dsse.Verification;
import org.whonix2.core.dsse.VerifiedEnvelope;
import org.whonix2.core.openpgp.Fingerprint;
import org.whonix2.core.policy.Rebuilder;
import org.whonix2.core.policy.UpdatePolicy;
import org.whonix2.core.statement.RebuildAttestation;
import org.whonix2.core.statement.Statement;

/**
 * Reads one log's entries into {@link Evidence}, in order. Signatures are verified before a payload
 * is parsed; what does not hold counts nothing and is counted.
 */
public final class EntryReader {
  private static final int LONGEST_REASON = 500;

  private final UpdatePolicy policy;
  private final String origin;
  private final Instant now;
  private final Evidence.Collector collector;
  private final List<LogEvidence.Unread> ofRebuilders = new ArrayList<>();
  private long next;
  private long unread;

  /**
   * A reader at the log's first entry.
   *
   * @param now when keys must be valid
   * @param collector takes what holds
   */
  public EntryReader(
      UpdatePolicy policy, String origin, Instant now, Evidence.Collector collector) {
    this.policy = policy;
    this.origin = origin;
    this.now = now;
    this.collector = collector;
  }

  /** Takes the next entry. Whatever it is, the entries behind it are read all the same. */
  public void accept(byte[] entry) {
    long index = next++;
    Envelope envelope;
    try {
      envelope = Envelope.parse(entry);
    } catch (MalformedInputException e) {
      unread++;
      return;
    }
    try {
      Verification verification = VerifiedEnvelope.verify(envelope, policy::certificate, now);
      if (verification instanceof Verification.Verified verified) {
        collector.add(attestation(index, verified.envelope()));
      } else if (verification instanceof Verification.Rejected rejected) {
        drop(index, envelope, rejected.reason());
      }
    } catch (MalformedInputException e) {
      drop(index, envelope, String.valueOf(e.getMessage()));
    } catch (RuntimeException e) {
      // A bug of ours, but the entry stays in the log for ever: it must not end every verdict.
      drop(index, envelope, "reading it failed: " + e);
    }
  }

  private LoggedAttestation attestation(long index, VerifiedEnvelope envelope)
      throws MalformedInputException {
    Rebuilder rebuilder =
        policy
            .rebuilder(envelope.signer())
            .orElseThrow(() -> new IllegalStateException("verified by a key of nobody"));
    Statement statement = Statement.parse(envelope.payloadType(), envelope.payload());
    if (!(statement instanceof RebuildAttestation attestation)) {
      throw new MalformedInputException(statement.kind() + ", which counts nothing yet");
    }
    if (!attestation.rebuilder().equals(envelope.signer())) {
      throw new MalformedInputException(
          "expected an attestation by its signer "
              + envelope.signer()
              + ", found one by "
              + attestation.rebuilder());
    }
    return new LoggedAttestation(
        origin, index, rebuilder, attestation, Sha256.of(envelope.payload()));
  }

  private void drop(long index, Envelope envelope, String why) {
    unread++;
    Optional<Rebuilder> rebuilder = claimed(envelope);
    if (rebuilder.isPresent() && ofRebuilders.size() < LogEvidence.KEPT) {
      String reason = why.length() > LONGEST_REASON ? why.substring(0, LONGEST_REASON) : why;
      ofRebuilders.add(new LogEvidence.Unread(index, rebuilder.get().name(), reason));
    }
  }

  /** Who the key id names: worth telling, and proves nothing. */
  private Optional<Rebuilder> claimed(Envelope envelope) {
    try {
      return envelope.signatures().isEmpty()
          ? Optional.empty()
          : policy.rebuilder(Fingerprint.parse(envelope.signatures().get(0).keyid()));
    } catch (MalformedInputException e) {
      return Optional.empty();
    }
  }

  /** Ends the reading: this is how the log stands. */
  public void end(Standing standing) {
    collector.add(new LogEvidence(origin, standing, unread, ofRebuilders));
  }
}
