package org.whonix2.core.statement;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.json.StrictJson;

/** A statement being written: the members that all kinds share, in their order. */
final class Draft {
  private final ObjectNode statement = StrictJson.newObject();
  private final ArrayNode subjects;
  private final ObjectNode predicate;

  Draft(StatementKind kind) {
    statement.put("_type", Statement.TYPE);
    subjects = statement.putArray("subject");
    statement.put("predicateType", kind.predicateType());
    predicate = statement.putObject("predicate");
  }

  ObjectNode addSubject() {
    return subjects.addObject();
  }

  /** Adds a subject that has a name and a digest only. */
  void addSubject(String name, Sha256 digest) {
    Descriptors.writeDigest(addSubject().put("name", name), digest);
  }

  ObjectNode predicate() {
    return predicate;
  }

  byte[] toJson() {
    return StrictJson.write(statement);
  }
}
