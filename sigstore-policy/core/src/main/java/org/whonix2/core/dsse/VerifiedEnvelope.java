package org.whonix2.core.dsse;

import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.Quoted;
import org.whonix2.core.openpgp.Certificate;
import org.whonix2.core.openpgp.Fingerprint;
import org.whonix2.core.openpgp.SignatureCheck;
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
    return verify(
        envelope,
        primary ->
            certificates
                .apply(primary)
                .<SignatureCheck>map(
                    known -> (signature, message) -> known.verify(signature, message, at)));
  }

  /**
   * Checks an envelope that has exactly one signature.
   *
   * @param checks from a primary key's fingerprint to what judges that key's signatures; the
   *     envelope's key id is used for this look-up and for nothing else
   */
  public static Verification verify(
      Envelope envelope, Function<Fingerprint, Optional<SignatureCheck>> checks) {
    if (envelope.signatures().size() != 1) {
      return new Verification.Rejected(
          Verification.Cause.BAD_SIGNATURE,
          "expected exactly one signature, found " + envelope.signatures().size());
    }
    Envelope.Signature signature = envelope.signatures().get(0);
    Optional<Fingerprint> signer = fingerprint(signature.keyid());
    Optional<SignatureCheck> check = signer.flatMap(checks);
    if (signer.isEmpty() || check.isEmpty()) {
      return new Verification.Rejected(
          Verification.Cause.UNKNOWN_KEY,
          "no certificate known for key id " + Quoted.of(signature.keyid()));
    }
    SignatureResult result = check.get().check(signature.sig(), envelope.preAuthentication());
    if (result instanceof SignatureResult.Good good) {
      return new Verification.Verified(new VerifiedEnvelope(envelope, signer.get(), good));
    }
    String reason = ((SignatureResult.Bad) result).reason();
    return new Verification.Rejected(Verification.Cause.BAD_SIGNATURE, reason);
  }

  /** A key id that is no fingerprint leads nowhere. */
  private static Optional<Fingerprint> fingerprint(String keyid) {
    try {
      return Optional.of(Fingerprint.parse(keyid));
    } catch (MalformedInputException e) {
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
