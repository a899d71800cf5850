package org.whonix2.core.statement;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.whonix2.core.artifact.BinaryArtifact;
import org.whonix2.core.artifact.PackageIdentity;

/** Writes the JSON of a {@link RebuildAttestation}; {@link RebuildAttestationReader} reads it. */
final class RebuildAttestationWriter {
  private RebuildAttestationWriter() {}

  static byte[] write(RebuildAttestation attestation) {
    Rebuild rebuild = attestation.rebuild();
    Draft draft = new Draft(attestation.kind());
    for (BinaryArtifact artifact : attestation.artifacts()) {
      writeArtifact(draft.addSubject(), artifact, rebuild.suite());
    }
    ObjectNode definition = draft.predicate().putObject("buildDefinition");
    definition.put("buildType", Rebuild.BUILD_TYPE);
    RebuildWriter.writeParameters(definition, rebuild);
    ArrayNode resolved = definition.putArray("resolvedDependencies");
    Resolved.write(resolved, rebuild);
    Descriptors.writeDigest(
        resolved.addObject().put("name", RebuildWriter.buildinfoName(rebuild)),
        attestation.buildinfo());
    rebuild.run().writeDetails(draft.predicate().putObject("runDetails"));
    return draft.toJson();
  }

  private static void writeArtifact(ObjectNode subject, BinaryArtifact artifact, String suite) {
    PackageIdentity identity = artifact.identity();
    subject.put("name", identity.fileName());
    subject.put(
        "uri",
        new DebPurl(identity.name(), identity.version(), identity.architecture().value(), suite)
            .toString());
    Descriptors.writeDigest(subject, artifact.digest());
    subject.putObject("annotations").put("size", artifact.size());
  }
}
