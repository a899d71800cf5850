package org.whonix2.core.statement;

import java.time.Instant;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.json.JsonFields;

/**
 * A reviewer's statement that one artifact may do without its quorum. It overrides no veto.
 *
 * @param artifact SHA-256 of the whole file
 * @param reason for people: 1 to 500 printable characters, with no space at its ends
 * @param until from then on it is void; whole seconds
 */
public record Exemption(Sha256 artifact, String reason, Instant until) implements Statement {
  public Exemption {
    Checks.reason(reason);
    Checks.time(until);
  }

  static Exemption read(JsonFields statement) throws MalformedInputException {
    JsonFields subject = Descriptors.readOne(statement, "subject");
    JsonFields predicate = statement.object("predicate");
    statement.end();
    Exemption exemption =
        new Exemption(
            Descriptors.readOnlyDigest(subject),
            predicate.string("reason"),
            predicate.instant("until"));
    predicate.end();
    return exemption;
  }

  @Override
  public StatementKind kind() {
    return StatementKind.EXEMPTION;
  }

  @Override
  public byte[] toJson() {
    Draft draft = new Draft(kind());
    Descriptors.writeDigest(draft.addSubject(), artifact);
    draft.predicate().put("reason", reason).put("until", until.toString());
    return draft.toJson();
  }
}
