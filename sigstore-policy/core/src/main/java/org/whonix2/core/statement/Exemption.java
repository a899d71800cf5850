package org.whonix2.core.statement;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.artifact.Architecture;
import org.whonix2.core.artifact.PackageIdentity;
import org.whonix2.core.artifact.PackageName;
import org.whonix2.core.artifact.PackageVersion;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.json.JsonFields;

/**
 * A reviewer's statement that one artifact may do without its quorum. It overrides no veto.
 *
 * @param artifact SHA-256 of the whole file, which decides
 * @param identity what its control data says it is, for the tickets of a box that never saw it
 * @param reason for people: 1 to 500 printable characters, with no space at its ends
 * @param until from then on it is void; whole seconds
 */
public record Exemption(Sha256 artifact, PackageIdentity identity, String reason, Instant until)
    implements Statement {
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
            readIdentity(predicate.object("package")),
            predicate.string("reason"),
            predicate.instant("until"));
    predicate.end();
    return exemption;
  }

  private static PackageIdentity readIdentity(JsonFields fields) throws MalformedInputException {
    PackageIdentity identity =
        new PackageIdentity(
            fields.parsed("name", PackageName::parse),
            fields.parsed("version", PackageVersion::parse),
            fields.parsed("architecture", Architecture::parse));
    fields.end();
    return identity;
  }

  @Override
  public StatementKind kind() {
    return StatementKind.EXEMPTION;
  }

  @Override
  public byte[] toJson() {
    Draft draft = new Draft(kind());
    Descriptors.writeDigest(draft.addSubject(), artifact);
    ObjectNode predicate = draft.predicate();
    ObjectNode named = predicate.putObject("package");
    named.put("name", identity.name().value());
    named.put("version", identity.version().value());
    named.put("architecture", identity.architecture().value());
    predicate.put("reason", reason).put("until", until.toString());
    return draft.toJson();
  }
}
