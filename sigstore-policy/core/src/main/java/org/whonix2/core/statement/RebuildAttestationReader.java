package org.whonix2.core.statement;

import java.util.ArrayList;
import java.util.List;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.artifact.Architecture;
import org.whonix2.core.artifact.BinaryArtifact;
import org.whonix2.core.artifact.PackageIdentity;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.json.JsonFields;

/** Reads what {@link RebuildAttestationWriter} writes, and nothing else. */
final class RebuildAttestationReader {
  private RebuildAttestationReader() {}

  static RebuildAttestation read(JsonFields statement) throws MalformedInputException {
    List<JsonFields> subjects = statement.objects("subject");
    JsonFields predicate = statement.object("predicate");
    statement.end();
    JsonFields definition = predicate.object("buildDefinition");
    JsonFields run = predicate.object("runDetails");
    predicate.end();
    definition.constant("buildType", Rebuild.BUILD_TYPE);
    List<JsonFields> resolved = definition.objects("resolvedDependencies");
    if (resolved.size() < 2) {
      throw definition.unexpected("resolvedDependencies", "the source and the .buildinfo");
    }
    int last = resolved.size() - 1;
    Rebuild rebuild = RebuildReader.read(definition, run, resolved.subList(0, last));
    resolved.get(last).constant("name", RebuildWriter.buildinfoName(rebuild));
    Sha256 buildinfo = Descriptors.readOnlyDigest(resolved.get(last));
    definition.end();
    run.end();
    List<BinaryArtifact> artifacts = new ArrayList<>();
    for (JsonFields subject : subjects) {
      artifacts.add(readArtifact(subject, rebuild.suite()));
    }
    return new RebuildAttestation(rebuild, artifacts, buildinfo);
  }

  private static BinaryArtifact readArtifact(JsonFields subject, String suite)
      throws MalformedInputException {
    DebPurl url = subject.parsed("uri", DebPurl::parse);
    PackageIdentity identity =
        new PackageIdentity(url.name(), url.version(), subjectArchitecture(subject, url));
    if (!url.suite().equals(suite)) {
      throw subject.unexpected("uri", "a package of suite " + suite);
    }
    subject.constant("name", identity.fileName());
    Sha256 digest = Descriptors.readDigest(subject);
    JsonFields annotations = subject.object("annotations");
    BinaryArtifact artifact = new BinaryArtifact(identity, digest, annotations.number("size", 0));
    annotations.end();
    subject.end();
    return artifact;
  }

  private static Architecture subjectArchitecture(JsonFields subject, DebPurl url)
      throws MalformedInputException {
    Architecture architecture = subject.parsed("uri", uri -> Architecture.parse(url.arch()));
    if (architecture.value().equals(RebuildWriter.SOURCE)) {
      throw subject.unexpected("uri", "a binary package");
    }
    return architecture;
  }
}
