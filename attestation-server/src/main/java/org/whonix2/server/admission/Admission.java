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
import org.whonix2.core.statement.RebuildStatement;
import org.whonix2.core.statement.Statement;
import org.whonix2.server.store.LogEntry;

/** What becomes of a submission before the log sees it. */
public sealed interface Admission {
  /** May be logged. */
  record Admitted(LogEntry entry) implements Admission {}

  /** Not what the format demands; the detail names the place. */
  record Malformed(String detail) implements Admission {}

  /** Signed by nobody on the roster, or badly, or about somebody else's work. */
  record Forbidden(String detail) implements Admission {}

  /**
   * Judges a request's body.
   *
   * <p>A statement is logged once: its identity is its signer and what was signed. An envelope can
   * be written in many ways by anybody, with other spaces or other unsigned parts of the signature,
   * and each would be an entry that every box has to fetch for ever.
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

  /**
   * What this body would be logged as if its key id told the truth; nothing is verified. Finds what
   * is logged already, also when its signer has left the roster since.
   */
  static Optional<LogEntry> claimed(byte[] body) {
    try {
      return Optional.of(LogEntry.claimed(Envelope.parse(body)));
    } catch (MalformedInputException e) {
      return Optional.empty();
    }
  }

  private static Admission judge(Envelope envelope, VerifiedEnvelope verified)
      throws MalformedInputException {
    Statement statement = Statement.parse(verified.payloadType(), verified.payload());
    if (!(statement instanceof RebuildStatement rebuild)) {
      return new Malformed(
          "expected a rebuild attestation or a rebuild failure, found "
              + statement.kind()
              + ", which this log does not take yet");
    }
    if (!rebuild.rebuilder().equals(verified.signer())) {
      return new Forbidden(
          "expected a statement by its signer "
              + verified.signer()
              + ", found one by "
              + rebuild.rebuilder());
    }
    return new Admitted(LogEntry.of(envelope, verified.signer(), rebuild));
  }
}
