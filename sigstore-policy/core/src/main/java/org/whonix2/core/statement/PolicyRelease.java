package org.whonix2.core.statement;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.regex.Pattern;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.json.JsonFields;

/**
 * A maintainer's statement that this is a policy's document of that serial. Each maintainer signs
 * an envelope of his own; those of equal payload count together.
 *
 * @param name the policy's
 * @param serial the document's, from 1
 * @param document SHA-256 of the document
 * @param size of the document in bytes, from 1
 */
public record PolicyRelease(String name, int serial, Sha256 document, long size)
    implements Statement {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

  public PolicyRelease {
    Checks.expect(NAME.matcher(name).matches(), "a policy's name");
    Checks.expect(serial >= 1, "a serial of at least 1, found " + serial);
    Checks.number(size, 1, "a size in bytes");
  }

  static PolicyRelease read(JsonFields statement) throws MalformedInputException {
    JsonFields subject = Descriptors.readOne(statement, "subject");
    JsonFields predicate = statement.object("predicate");
    statement.end();
    long serial = predicate.number("serial", 1);
    if (serial > Integer.MAX_VALUE) {
      throw predicate.unexpected("serial", "a whole number from 1 to " + Integer.MAX_VALUE);
    }
    String name = subject.string("name");
    Sha256 document = Descriptors.readOnlyDigest(subject);
    PolicyRelease release =
        new PolicyRelease(name, (int) serial, document, predicate.number("size", 1));
    predicate.end();
    return release;
  }

  @Override
  public StatementKind kind() {
    return StatementKind.POLICY_RELEASE;
  }

  @Override
  public byte[] toJson() {
    Draft draft = new Draft(kind());
    draft.addSubject(name, document);
    ObjectNode predicate = draft.predicate();
    predicate.put("serial", serial);
    predicate.put("size", size);
    return draft.toJson();
  }
}
