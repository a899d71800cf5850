package org.whonix2.core.statement;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.regex.Pattern;
import org.whonix2.core.Base64Text;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.json.JsonFields;
import org.whonix2.core.openpgp.Certificate;
import org.whonix2.core.openpgp.Fingerprint;

/**
 * A log operator's statement that somebody may submit to that log from here on, or no longer. It
 * decides what the log takes, never what counts: boxes pass over it.
 *
 * @param log the log's origin, so that one log's roster is not another's
 * @param serial counts the changes of this log's roster, from 1
 */
public record RosterChange(String log, long serial, MemberName member, Change change)
    implements Statement {
  /** As C2SP's signed-note has the names of keys. */
  private static final Pattern LOG = Pattern.compile("[^+\\p{Z}\\p{C}]{1,255}");

  private static final String ADMIT = "admit";
  private static final String DISMISS = "dismiss";
  private static final String CHANGE = "change";
  private static final String CERTIFICATE = "certificate";

  public RosterChange {
    Checks.expect(LOG.matcher(log).matches(), "a log's origin without spaces and '+'");
    Checks.number(serial, 1, "a serial");
  }

  /** What happens to the member. */
  public sealed interface Change {
    /** Of the member's certificate as it was admitted. */
    Fingerprint primary();

    /** Of the bytes of that certificate. */
    Sha256 digest();
  }

  /**
   * May submit from here on.
   *
   * @param certificate of at most {@link CertificateUpdate#MAX_CERTIFICATE_BYTES} without armor
   */
  public record Admit(Certificate certificate) implements Change {
    public Admit {
      CertificateUpdate.checkSize(certificate);
    }

    @Override
    public Fingerprint primary() {
      return certificate.fingerprint();
    }

    @Override
    public Sha256 digest() {
      return Sha256.of(certificate.toBytes());
    }
  }

  /** May submit no longer; what is logged stays. */
  public record Dismiss(Fingerprint primary, Sha256 digest) implements Change {}

  static RosterChange read(JsonFields statement) throws MalformedInputException {
    JsonFields subject = Descriptors.readOne(statement, "subject");
    JsonFields predicate = statement.object("predicate");
    statement.end();
    String log = predicate.string("log");
    long serial = predicate.number("serial", 1);
    MemberName member = predicate.parsed("member", MemberName::parse);
    Change change = readChange(subject, predicate);
    predicate.end();
    return new RosterChange(log, serial, member, change);
  }

  private static Change readChange(JsonFields subject, JsonFields predicate)
      throws MalformedInputException {
    switch (predicate.string(CHANGE)) {
      case ADMIT -> {
        return new Admit(CertificateUpdate.open(subject, predicate).read().certificate());
      }
      case DISMISS -> {
        Fingerprint primary = subject.parsed("name", KeyUri::parse);
        return new Dismiss(primary, Descriptors.readOnlyDigest(subject));
      }
      default -> throw predicate.unexpected(CHANGE, ADMIT + " or " + DISMISS);
    }
  }

  @Override
  public StatementKind kind() {
    return StatementKind.ROSTER_CHANGE;
  }

  @Override
  public byte[] toJson() {
    Draft draft = new Draft(kind());
    draft.addSubject(KeyUri.of(change.primary()), change.digest());
    ObjectNode predicate = draft.predicate();
    predicate.put("log", log).put("serial", serial).put("member", member.text());
    if (change instanceof Admit admit) {
      predicate.put(CHANGE, ADMIT);
      predicate.put(CERTIFICATE, Base64Text.of(admit.certificate().toBytes()));
    } else {
      predicate.put(CHANGE, DISMISS);
    }
    return draft.toJson();
  }
}
