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
    Rebuild rebuild = RebuildReader.read(definition, run);
    Sha256 buildinfo = readResolved(definition, rebuild);
    definition.end();
    run.end();
    List<BinaryArtifact> artifacts = new ArrayList<>();
    for (JsonFields subject : subjects) {
      artifacts.add(readArtifact(subject, rebuild.suite()));
    }
    return new RebuildAttestation(rebuild, artifacts, buildinfo);
  }

  /** Checks that the .dsc stands there again, and gives the .buildinfo's digest. */
  private static Sha256 readResolved(JsonFields definition, Rebuild rebuild)
      throws MalformedInputException {
    List<JsonFields> resolved = definition.objects("resolvedDependencies");
    if (resolved.size() != 2) {
      throw definition.unexpected("resolvedDependencies", "the .dsc and the .buildinfo");
    }
    RebuildReader.expectSource(resolved.get(0), rebuild);
    resolved.get(0).end();
    resolved.get(1).constant("name", RebuildWriter.buildinfoName(rebuild));
    return Descriptors.readOnlyDigest(resolved.get(1));
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
