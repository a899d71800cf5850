package org.whonix2.rebuilder.repository;

import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.dsse.Envelope;
import org.whonix2.core.dsse.Verification;
import org.whonix2.core.dsse.VerifiedEnvelope;
import org.whonix2.core.openpgp.Certificate;
import org.whonix2.core.openpgp.Fingerprint;
import org.whonix2.core.statement.RebuildAttestation;
import org.whonix2.core.statement.Statement;
import org.whonix2.io.cli.CommandException;
import org.whonix2.io.cli.ExitCode;

/** The rebuilders whose attestations bring packages into a repository. */
public final class TrustedRebuilders {
  private final Map<Fingerprint, Certificate> certificates = new HashMap<>();

  /**
   * @throws CommandException if two are of one key: they may say different things of it, and one of
   *     them that it was revoked
   */
  public TrustedRebuilders(Collection<Certificate> certificates) throws CommandException {
    for (Certificate each : certificates) {
      if (this.certificates.put(each.fingerprint(), each) != null) {
        throw new CommandException(
            ExitCode.USAGE,
            "expected each rebuilder's certificate once, found two of " + each.fingerprint());
      }
    }
  }

  /** An attestation whose signature was checked, and its envelope's bytes. */
  record Attested(RebuildAttestation statement, Envelope envelope) {
    Sha256 digest() {
      return Sha256.of(envelope.toBytes());
    }
  }

  /** Whether this is one of their keys. */
  boolean has(Fingerprint fingerprint) {
    return certificates.containsKey(fingerprint);
  }

  /**
   * Reads a rebuild's attestation.
   *
   * @param where for errors
   * @throws CommandException if it does not count: nobody's here, not signed by whom it names, or
   *     of a rebuild that failed
   */
  Attested read(byte[] json, String where, Instant now)
      throws CommandException, MalformedInputException {
    Envelope envelope;
    Statement statement;
    Verification verification;
    try {
      envelope = Envelope.parse(json);
      verification =
          VerifiedEnvelope.verify(
              envelope, fingerprint -> Optional.ofNullable(certificates.get(fingerprint)), now);
      if (verification instanceof Verification.Rejected rejected) {
        throw new CommandException(
            ExitCode.REFUSED,
            where + ": " + rejected.reason(),
            "--certificate FILE names the rebuilders whose attestations count");
      }
      statement = Statement.parse(envelope.payloadType(), envelope.payload());
    } catch (MalformedInputException e) {
      throw e.at(where);
    }
    Fingerprint signer = ((Verification.Verified) verification).envelope().signer();
    if (!(statement instanceof RebuildAttestation attestation)) {
      throw new CommandException(
          ExitCode.REFUSED,
          where + ": expected an attestation of what a rebuild made, found " + statement.kind());
    }
    if (!attestation.rebuilder().equals(signer)) {
      throw new CommandException(
          ExitCode.REFUSED,
          where
              + ": it names rebuilder "
              + attestation.rebuilder()
              + " and is signed by "
              + signer);
    }
    return new Attested(attestation, envelope);
  }
}
