package org.whonix2.core.statement;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.json.JsonFields;
import org.whonix2.core.openpgp.Fingerprint;

/**
 * A reviewer's statement that one veto shall not stand against one artifact, however often its
 * maker says it.
 *
 * @param artifact SHA-256 of the whole file that was vetoed
 * @param rebuilder primary fingerprint of who vetoed it
 * @param bits SHA-256 of what came out there instead
 * @param reason for people: 1 to 500 printable characters, with no space at its ends
 * @param until from then on it is void; whole seconds
 */
public record VetoOverride(
    Sha256 artifact, Fingerprint rebuilder, Sha256 bits, String reason, Instant until)
    implements Statement {
  public VetoOverride {
    Checks.reason(reason);
    Checks.time(until);
  }

  static VetoOverride read(JsonFields statement) throws MalformedInputException {
    JsonFields subject = Descriptors.readOne(statement, "subject");
    JsonFields predicate = statement.object("predicate");
    statement.end();
    JsonFields veto = predicate.object("veto");
    VetoOverride override =
        new VetoOverride(
            Descriptors.readOnlyDigest(subject),
            veto.parsed("rebuilder", KeyUri::parse),
            Descriptors.readOnlyDigest(veto),
            predicate.string("reason"),
            predicate.instant("until"));
    predicate.end();
    return override;
  }

  @Override
  public StatementKind kind() {
    return StatementKind.VETO_OVERRIDE;
  }

  @Override
  public byte[] toJson() {
    Draft draft = new Draft(kind());
    Descriptors.writeDigest(draft.addSubject(), artifact);
    ObjectNode predicate = draft.predicate();
    ObjectNode veto = predicate.putObject("veto");
    veto.put("rebuilder", KeyUri.of(rebuilder));
    Descriptors.writeDigest(veto, bits);
    predicate.put("reason", reason).put("until", until.toString());
    return draft.toJson();
  }
}
