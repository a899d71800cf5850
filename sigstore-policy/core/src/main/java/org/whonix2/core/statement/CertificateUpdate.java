package org.whonix2.core.statement;

import java.util.Base64;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.Quoted;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.json.JsonFields;
import org.whonix2.core.openpgp.Certificate;

/**
 * A certificate as it now is: with newer subkeys, an extended validity, or a revocation.
 *
 * @param certificate of at most {@link #MAX_CERTIFICATE_BYTES} without armor
 */
public record CertificateUpdate(Certificate certificate) implements Statement {
  /** The most bytes of a certificate that a statement carries. */
  public static final int MAX_CERTIFICATE_BYTES = 32 * 1024;

  public CertificateUpdate {
    int size = certificate.toBytes().length;
    Checks.expect(
        size <= MAX_CERTIFICATE_BYTES,
        "a certificate of at most " + MAX_CERTIFICATE_BYTES + " bytes, found " + size);
  }

  static CertificateUpdate read(JsonFields statement) throws MalformedInputException {
    JsonFields subject = Descriptors.readOne(statement, "subject");
    JsonFields predicate = statement.object("predicate");
    statement.end();
    byte[] bytes = predicate.parsed("certificate", CertificateUpdate::decode);
    predicate.end();
    Certificate certificate = Certificate.parse(bytes);
    Sha256 digest = Sha256.of(certificate.toBytes());
    subject.constant("name", KeyUri.of(certificate.fingerprint()));
    // Of the very bytes too: armor or another packet header would be a second text for one value.
    if (!Sha256.of(bytes).equals(digest) || !Descriptors.readDigest(subject).equals(digest)) {
      throw subject.unexpected("digest", "the certificate's, " + digest);
    }
    subject.end();
    return new CertificateUpdate(certificate);
  }

  private static byte[] decode(String text) throws MalformedInputException {
    try {
      byte[] bytes = Base64.getDecoder().decode(text);
      if (Base64.getEncoder().encodeToString(bytes).equals(text)) {
        return bytes;
      }
    } catch (IllegalArgumentException e) {
      throw new MalformedInputException("expected base64, found " + Quoted.of(text), e);
    }
    throw new MalformedInputException("expected canonical base64, found " + Quoted.of(text));
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
    draft.predicate().put("certificate", Base64.getEncoder().encodeToString(bytes));
    return draft.toJson();
  }
}
