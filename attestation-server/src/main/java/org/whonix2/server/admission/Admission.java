package org.whonix2.server.admission;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.dsse.Envelope;
import org.whonix2.core.dsse.Verification;
import org.whonix2.core.dsse.VerifiedEnvelope;
import org.whonix2.core.openpgp.Certificate;
import org.whonix2.core.openpgp.Fingerprint;
import org.whonix2.core.statement.RebuildAttestation;
import org.whonix2.core.statement.Statement;

/** What becomes of a submission before the log sees it. */
public sealed interface Admission {
  /** May be logged. */
  @SuppressWarnings("ArrayRecordComponent") // compared by nobody
  record Admitted(byte[] entry) implements Admission {}

  /** Not what the format demands; the detail names the place. */
  record Malformed(String detail) implements Admission {}

  /** Signed by nobody on the roster, or badly, or about somebody else's work. */
  record Forbidden(String detail) implements Admission {}

  /**
   * Judges a request's body.
   *
   * <p>What is logged is the envelope in its one canonical form: else anybody could log a
   * rebuilder's statement again and again, each time with other spaces.
   */
  static Admission judge(byte[] body, Map<Fingerprint, Certificate> roster, Instant now) {
    try {
      Envelope envelope = Envelope.parse(body);
      Verification verification =
          VerifiedEnvelope.verify(
              envelope, fingerprint -> Optional.ofNullable(roster.get(fingerprint)), now);
      if (!(verification instanceof Verification.Verified verified)) {
        return new Forbidden(((Verification.Rejected) verification).reason());
      }
      // The one part of the canonical form that has two spellings.
      String keyid = envelope.signatures().get(0).keyid();
      if (!keyid.equals(verified.envelope().signer().hex())) {
        return new Malformed("/signatures/0/keyid: expected lower-case digits, found " + keyid);
      }
      return judge(envelope, verified.envelope());
    } catch (MalformedInputException e) {
      return new Malformed(String.valueOf(e.getMessage()));
    }
  }

  private static Admission judge(Envelope envelope, VerifiedEnvelope verified)
      throws MalformedInputException {
    Statement statement = Statement.parse(verified.payloadType(), verified.payload());
    if (statement instanceof RebuildAttestation attestation
        && !attestation.rebuilder().equals(verified.signer())) {
      return new Forbidden(
          "expected a statement by its signer "
              + verified.signer()
              + ", found one by "
              + attestation.rebuilder());
    }
    return new Admitted(envelope.toBytes());
  }
}
