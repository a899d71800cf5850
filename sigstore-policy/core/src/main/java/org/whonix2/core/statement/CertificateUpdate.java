package org.whonix2.core.statement;

import org.whonix2.core.Base64Text;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.json.JsonFields;
import org.whonix2.core.openpgp.Certificate;
import org.whonix2.core.openpgp.Fingerprint;

/**
 * A certificate as it now is: with newer subkeys, an extended validity, or a revocation.
 *
 * @param certificate of at most {@link #MAX_CERTIFICATE_BYTES} without armor
 */
public record CertificateUpdate(Certificate certificate) implements Statement {
  /** The most bytes of a certificate that a statement carries. */
  public static final int MAX_CERTIFICATE_BYTES = 32 * 1024;

  public CertificateUpdate {
    checkSize(certificate);
  }

  static void checkSize(Certificate certificate) {
    int size = certificate.toBytes().length;
    Checks.expect(
        size <= MAX_CERTIFICATE_BYTES,
        "a certificate of at most " + MAX_CERTIFICATE_BYTES + " bytes, found " + size);
  }

  /** An update whose certificate has not been looked at: that takes much longer than the rest. */
  public static final class Unread {
    private final Fingerprint primary;
    private final Sha256 digest;
    private final byte[] certificate;

    private Unread(Fingerprint primary, Sha256 digest, byte[] certificate) {
      this.primary = primary;
      this.digest = digest;
      this.certificate = certificate;
    }

    /** Whose certificate it says it is. */
    public Fingerprint primary() {
      return primary;
    }

    /** Of the certificate's bytes. */
    public Sha256 digest() {
      return digest;
    }

    /** Reads the certificate too. */
    public CertificateUpdate read() throws MalformedInputException {
      Certificate read = Certificate.parse(certificate);
      // Of the very bytes: armor or another packet header would be a second text for one value.
      if (!read.fingerprint().equals(primary) || !Sha256.of(read.toBytes()).equals(digest)) {
        throw new MalformedInputException(
            "expected the certificate "
                + primary
                + " in its canonical bytes, found that of "
                + read.fingerprint());
      }
      return new CertificateUpdate(read);
    }
  }

  /**
   * Reads an update but for its certificate.
   *
   * @param payloadType the DSSE payload type it was signed under
   */
  public static Unread open(String payloadType, byte[] payload) throws MalformedInputException {
    JsonFields statement = Descriptors.head(payloadType, payload);
    statement.constant("predicateType", StatementKind.CERTIFICATE_UPDATE.predicateType());
    return open(statement);
  }

  private static Unread open(JsonFields statement) throws MalformedInputException {
    JsonFields subject = Descriptors.readOne(statement, "subject");
    JsonFields predicate = statement.object("predicate");
    statement.end();
    Unread update = open(subject, predicate);
    predicate.end();
    return update;
  }

  /**
   * Reads a certificate and the subject that names it; ending the predicate is left to the caller.
   */
  static Unread open(JsonFields subject, JsonFields predicate) throws MalformedInputException {
    byte[] bytes = predicate.parsed("certificate", Base64Text::parse);
    if (bytes.length > MAX_CERTIFICATE_BYTES) {
      throw new MalformedInputException(
          "expected a certificate of at most "
              + MAX_CERTIFICATE_BYTES
              + " bytes, found "
              + bytes.length);
    }
    Fingerprint primary = subject.parsed("name", KeyUri::parse);
    Sha256 digest = Sha256.of(bytes);
    if (!Descriptors.readDigest(subject).equals(digest)) {
      throw subject.unexpected("digest", "the certificate's, " + digest);
    }
    subject.end();
    return new Unread(primary, digest, bytes);
  }

  static CertificateUpdate read(JsonFields statement) throws MalformedInputException {
    return open(statement).read();
  }

  @Override
  public StatementKind kind() {
    return StatementKind.CERTIFICATE_UPDATE;
  }

  @Override
  public byte[] toJson() {
    byte[] bytes = certificate.toBytes();
    Draft draft = new Draft(kind());
    draft.addSubject(KeyUri.of(certificate.fingerprint()), Sha256.of(bytes));
    draft.predicate().put("certificate", Base64Text.of(bytes));
    return draft.toJson();
  }
}
