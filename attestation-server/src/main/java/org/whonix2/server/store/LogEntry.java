package org.whonix2.server.store;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Optional;
import org.apache.commons.codec.digest.DigestUtils;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.dsse.Envelope;
import org.whonix2.core.openpgp.Fingerprint;
import org.whonix2.core.statement.Statement;

/**
 * An entry to be logged.
 *
 * @param identity what is logged once: two entries with one identity say the same, however they are
 *     written
 * @param said empty where the bytes are all that is known of it
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
public record LogEntry(byte[] content, Sha256 identity, Optional<Said> said) {
  /** An entry that says nothing but its own bytes. */
  public static LogEntry opaque(byte[] content) {
    return new LogEntry(content, Sha256.of(content), Optional.empty());
  }

  /** An envelope whose signature by this key was verified. */
  public static LogEntry of(Envelope envelope, Fingerprint signer, Statement statement) {
    return new LogEntry(
        envelope.toBytes(), identity(signer, envelope), Optional.of(new Said(signer, statement)));
  }

  /**
   * What this envelope would be logged as if its key id told the truth; empty where that is no
   * fingerprint. Nothing is verified, and what it says is not looked at. Finds what is logged
   * already, also when its signer has left the roster or was set aside since.
   */
  public static Optional<LogEntry> claimed(Envelope envelope) {
    try {
      Fingerprint claimed = claimedSigner(envelope);
      return Optional.of(
          new LogEntry(envelope.toBytes(), identity(claimed, envelope), Optional.empty()));
    } catch (MalformedInputException e) {
      return Optional.empty();
    }
  }

  /** An entry as it stands in the log, where only what was verified stands. */
  public static LogEntry logged(byte[] content) {
    try {
      Envelope envelope = Envelope.parse(content);
      Statement statement = Statement.parse(envelope.payloadType(), envelope.payload());
      return of(envelope, claimedSigner(envelope), statement);
    } catch (MalformedInputException e) {
      return opaque(content);
    }
  }

  private static Fingerprint claimedSigner(Envelope envelope) throws MalformedInputException {
    return Fingerprint.parse(envelope.signatures().get(0).keyid());
  }

  /** SHA-256 over the signer's fingerprint in hex, a line feed, and what was signed (the PAE). */
  private static Sha256 identity(Fingerprint signer, Envelope envelope) {
    MessageDigest digest = DigestUtils.getSha256Digest();
    digest.update((signer + "\n").getBytes(StandardCharsets.US_ASCII));
    digest.update(envelope.preAuthentication());
    return Sha256.finish(digest);
  }
}
