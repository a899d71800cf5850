package org.whonix2.core.statement;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.regex.Pattern;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.artifact.BinaryArtifact;
import org.whonix2.core.json.JsonFields;

/**
 * A rebuilder's statement that a rebuild gave no artifacts to compare.
 *
 * @param reason a short word with hyphens, such as {@code build-failed}, {@code timeout}, {@code
 *     out-of-memory} or {@code disk-full}
 */
public record RebuildFailure(Rebuild rebuild, String reason) implements RebuildStatement {
  private static final Pattern REASON = Pattern.compile("[a-z][a-z0-9]*(-[a-z0-9]+)*");
  private static final int LONGEST_REASON = 40;

  /** Only there if it says more than the subject does. */
  private static final String RESOLVED = "resolvedDependencies";

  public RebuildFailure {
    Checks.expect(
        reason.length() <= LONGEST_REASON && REASON.matcher(reason).matches(),
        "a reason such as build-failed, of at most " + LONGEST_REASON + " characters");
  }

  static RebuildFailure read(JsonFields statement) throws MalformedInputException {
    JsonFields subject = Descriptors.readOne(statement, "subject");
    JsonFields predicate = statement.object("predicate");
    statement.end();
    predicate.constant("result", "FAILED");
    JsonFields configuration = Descriptors.readOne(predicate, "configuration");
    List<String> failed = predicate.strings("failedTests");
    if (failed.size() != 1) {
      throw predicate.unexpected("failedTests", "one element");
    }
    predicate.end();
    configuration.constant("uri", Rebuild.BUILD_TYPE);
    JsonFields annotations = configuration.object("annotations");
    configuration.end();
    List<JsonFields> resolved = annotations.optionalObjects(RESOLVED);
    if (resolved.size() == 1) {
      throw annotations.unexpected(RESOLVED, "more than the source, or no such member");
    }
    Rebuild rebuild = RebuildReader.read(annotations, annotations, resolved);
    annotations.end();
    subject.constant("uri", RebuildWriter.sourceUrl(rebuild));
    SourceDigest.expectSame(subject, rebuild.source());
    subject.end();
    return new RebuildFailure(rebuild, failed.get(0));
  }

  @Override
  public List<BinaryArtifact> artifacts() {
    return List.of();
  }

  @Override
  public StatementKind kind() {
    return StatementKind.REBUILD_FAILURE;
  }

  @Override
  public byte[] toJson() {
    Draft draft = new Draft(kind());
    ObjectNode subject = draft.addSubject();
    subject.put("name", rebuild.source().fileName());
    subject.put("uri", RebuildWriter.sourceUrl(rebuild));
    SourceDigest.write(subject, rebuild.source());
    ObjectNode predicate = draft.predicate();
    predicate.put("result", "FAILED");
    ObjectNode configuration = predicate.putArray("configuration").addObject();
    configuration.put("uri", Rebuild.BUILD_TYPE);
    ObjectNode annotations = configuration.putObject("annotations");
    RebuildWriter.writeParameters(annotations, rebuild);
    if (Resolved.isMoreThanSource(rebuild)) {
      Resolved.write(annotations.putArray(RESOLVED), rebuild);
    }
    rebuild.run().writeDetails(annotations);
    predicate.putArray("failedTests").add(reason);
    return draft.toJson();
  }
}
