package org.whonix2.core.statement;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.whonix2.core.artifact.Architecture;
import org.whonix2.core.artifact.BinaryArtifact;
import org.whonix2.core.artifact.PackageIdentity;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.json.StrictJson;
import org.whonix2.core.openpgp.Fingerprint;

/** Writes the JSON of a {@link RebuildAttestation}; {@link RebuildAttestationReader} reads it. */
final class RebuildAttestationWriter {
  static final String PREDICATE_TYPE = "https://slsa.dev/provenance/v1";

  static final String BUILDER = "openpgp4fpr:";
  static final String SOURCE = "source";

  private RebuildAttestationWriter() {}

  static byte[] write(RebuildAttestation a) {
    ObjectNode statement = StrictJson.newObject();
    statement.put("_type", Statement.TYPE);
    ArrayNode subjects = statement.putArray("subject");
    for (BinaryArtifact artifact : a.artifacts()) {
      writeArtifact(subjects.addObject(), artifact, a.suite());
    }
    statement.put("predicateType", PREDICATE_TYPE);
    ObjectNode predicate = statement.putObject("predicate");
    writeDefinition(predicate.putObject("buildDefinition"), a);
    writeRun(predicate.putObject("runDetails"), a);
    return StrictJson.write(statement);
  }

  private static void writeArtifact(ObjectNode subject, BinaryArtifact artifact, String suite) {
    PackageIdentity identity = artifact.identity();
    subject.put("name", identity.fileName());
    subject.put(
        "uri",
        new DebPurl(identity.name(), identity.version(), identity.architecture().value(), suite)
            .toString());
    writeDigest(subject, artifact.digest());
    subject.putObject("annotations").put("size", artifact.size());
  }

  private static void writeDefinition(ObjectNode definition, RebuildAttestation a) {
    definition.put("buildType", RebuildAttestation.BUILD_TYPE);
    ObjectNode external = definition.putObject("externalParameters");
    ObjectNode source = external.putObject(SOURCE);
    source.put("uri", sourceUrl(a).toString());
    writeDigest(source, a.source().dsc());
    external.put("suite", a.suite());
    external.put("architecture", a.architecture().value());
    ObjectNode toolchain = external.putObject("toolchain");
    toolchain.put("name", a.toolchain().name());
    writeDigest(toolchain, a.toolchain().digest());
    external.put("profile", a.profile());

    ObjectNode internal = definition.putObject("internalParameters");
    internal.put("compilerRoot", a.compilerRoot());
    ObjectNode platform = internal.putObject("platform");
    platform.put("architecture", a.platform().architecture());
    platform.put("emulated", a.platform().emulated());
    platform.put("cpuVendor", a.platform().cpuVendor());
    platform.put("cpuModel", a.platform().cpuModel());
    platform.put("kernel", a.platform().kernel());
    platform.put("kernelRelease", a.platform().kernelRelease());
    platform.put("os", a.platform().os());
    writeDigest(internal.putObject("environment"), a.environment());
    internal.put("rebuildTool", a.rebuildTool());
    internal.put("sequence", a.sequence());

    ArrayNode resolved = definition.putArray("resolvedDependencies");
    writeDigest(resolved.addObject().put("name", a.source().dscName()), a.source().dsc());
    writeDigest(
        resolved.addObject().put("name", buildinfoName(a.source(), a.architecture())),
        a.buildinfo());
  }

  private static void writeRun(ObjectNode run, RebuildAttestation a) {
    run.putObject("builder").put("id", BUILDER + a.rebuilder());
    ObjectNode metadata = run.putObject("metadata");
    metadata.put("invocationId", invocation(a.rebuilder(), a.sequence()));
    metadata.put("startedOn", a.startedOn().toString());
    metadata.put("finishedOn", a.finishedOn().toString());
    ArrayNode byproducts = run.putArray("byproducts");
    for (Byproduct byproduct : a.byproducts()) {
      ObjectNode node = byproducts.addObject();
      node.put("name", byproduct.name());
      node.put("mediaType", byproduct.mediaType());
      writeDigest(node, byproduct.digest());
    }
  }

  private static void writeDigest(ObjectNode node, Sha256 digest) {
    node.putObject("digest").put("sha256", digest.toString());
  }

  private static DebPurl sourceUrl(RebuildAttestation a) {
    return new DebPurl(a.source().name(), a.source().version(), SOURCE, a.suite());
  }

  static String buildinfoName(SourcePackage source, Architecture architecture) {
    return source.name()
        + "_"
        + source.version().withoutEpoch()
        + "_"
        + architecture
        + ".buildinfo";
  }

  static String invocation(Fingerprint rebuilder, long sequence) {
    return rebuilder + "/" + sequence;
  }
}
