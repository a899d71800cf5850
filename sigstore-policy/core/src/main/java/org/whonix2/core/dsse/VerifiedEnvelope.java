package org.whonix2.core.dsse;

import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.Quoted;
import org.whonix2.core.openpgp.Certificate;
import org.whonix2.core.openpgp.Fingerprint;
import org.whonix2.core.openpgp.SignatureResult;

/** An envelope whose one signature was checked: {@link #verify} is the only way to get one. */
public final class VerifiedEnvelope {
  private final Envelope envelope;
  private final Fingerprint signer;
  private final SignatureResult.Good signature;

  private VerifiedEnvelope(Envelope envelope, Fingerprint signer, SignatureResult.Good signature) {
    this.envelope = envelope;
    this.signer = signer;
    this.signature = signature;
  }

  /**
   * Checks an envelope that has exactly one signature.
   *
   * @param certificates from a primary key's fingerprint to the certificate that the caller trusts;
   *     the envelope's key id is used for this look-up and for nothing else
   * @param at now
   */
  public static Verification verify(
      Envelope envelope, Function<Fingerprint, Optional<Certificate>> certificates, Instant at) {
    if (envelope.signatures().size() != 1) {
      return new Verification.Rejected(
          Verification.Cause.BAD_SIGNATURE,
          "expected exactly one signature, found " + envelope.signatures().size());
    }
    Envelope.Signature signature = envelope.signatures().get(0);
    Optional<Certificate> certificate = lookUp(signature.keyid(), certificates);
    if (certificate.isEmpty()) {
      return new Verification.Rejected(
          Verification.Cause.UNKNOWN_KEY,
          "no certificate known for key id " + Quoted.of(signature.keyid()));
    }
    SignatureResult result =
        certificate.get().verify(signature.sig(), envelope.preAuthentication(), at);
    if (result instanceof SignatureResult.Good good) {
      Fingerprint signer = certificate.get().fingerprint();
      return new Verification.Verified(new VerifiedEnvelope(envelope, signer, good));
    }
    String reason = ((SignatureResult.Bad) result).reason();
    return new Verification.Rejected(Verification.Cause.BAD_SIGNATURE, reason);
  }

  private static Optional<Certificate> lookUp(
      String keyid, Function<Fingerprint, Optional<Certificate>> certificates) {
    try {
      return certificates.apply(Fingerprint.parse(keyid));
    } catch (MalformedInputException e) {
      // A key id that is no fingerprint leads nowhere; the caller says so.
      return Optional.empty();
    }
  }

  public String payloadType() {
    return envelope.payloadType();
  }

  /** The signed payload, byte for byte. */
  public byte[] payload() {
    return envelope.payload();
  }

  /** The primary fingerprint of the certificate that verified. */
  public Fingerprint signer() {
    return signer;
  }

  /** The key of that certificate that signed. */
  public Fingerprint signingKey() {
    return signature.signingKey();
  }

  /** When the signer says it signed: his word, not a proof. */
  public Instant claimedTime() {
    return signature.claimedTime();
  }

  /** The envelope itself. */
  public Envelope envelope() {
    return envelope;
  }

  @Override
  public String toString() {
    return envelope + " by " + signer;
  }
}
