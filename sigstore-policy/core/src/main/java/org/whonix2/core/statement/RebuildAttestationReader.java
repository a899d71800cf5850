package org.whonix2.core.statement;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.artifact.Architecture;
import org.whonix2.core.artifact.BinaryArtifact;
import org.whonix2.core.artifact.PackageIdentity;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.json.JsonFields;
import org.whonix2.core.openpgp.Fingerprint;

/** Reads what {@link RebuildAttestationWriter} writes, and nothing else. */
final class RebuildAttestationReader {
  private RebuildAttestationReader() {}

  static RebuildAttestation read(JsonFields statement) throws MalformedInputException {
    List<JsonFields> subjects = statement.objects("subject");
    JsonFields predicate = statement.object("predicate");
    statement.end();
    JsonFields definition = predicate.object("buildDefinition");
    Run run = Run.read(predicate.object("runDetails"));
    predicate.end();
    definition.constant("buildType", RebuildAttestation.BUILD_TYPE);
    External external = External.read(definition.object("externalParameters"));
    Internal internal = Internal.read(definition.object("internalParameters"));
    Sha256 buildinfo = readResolved(definition, external);
    definition.end();
    List<BinaryArtifact> artifacts = new ArrayList<>();
    for (JsonFields subject : subjects) {
      artifacts.add(readArtifact(subject, external.suite));
    }
    if (!run.invocationId.equals(
        RebuildAttestationWriter.invocation(run.rebuilder, internal.sequence))) {
      throw new MalformedInputException(
          "expected the invocationId "
              + RebuildAttestationWriter.invocation(run.rebuilder, internal.sequence));
    }
    try {
      return new RebuildAttestation(
          artifacts,
          external.source,
          external.suite,
          external.architecture,
          external.toolchain,
          external.profile,
          internal.compilerRoot,
          internal.platform,
          internal.environment,
          internal.rebuildTool,
          internal.sequence,
          run.rebuilder,
          run.startedOn,
          run.finishedOn,
          buildinfo,
          run.byproducts);
    } catch (IllegalArgumentException e) {
      throw new MalformedInputException("rebuild attestation: " + e.getMessage(), e);
    }
  }

  private record External(
      SourcePackage source,
      String suite,
      Architecture architecture,
      Toolchain toolchain,
      String profile) {
    static External read(JsonFields fields) throws MalformedInputException {
      String suite = fields.string("suite");
      JsonFields source = fields.object(RebuildAttestationWriter.SOURCE);
      DebPurl url = source.parsed("uri", DebPurl::parse);
      if (!url.arch().equals(RebuildAttestationWriter.SOURCE) || !url.suite().equals(suite)) {
        throw source.unexpected("uri", "a source package of suite " + suite);
      }
      SourcePackage sourcePackage =
          new SourcePackage(url.name(), url.version(), readDigest(source));
      source.end();
      JsonFields toolchain = fields.object("toolchain");
      External external =
          new External(
              sourcePackage,
              suite,
              fields.parsed("architecture", Architecture::parse),
              new Toolchain(toolchain.string("name"), readDigest(toolchain)),
              fields.string("profile"));
      toolchain.end();
      fields.end();
      return external;
    }
  }

  private record Internal(
      String compilerRoot,
      Platform platform,
      Sha256 environment,
      String rebuildTool,
      long sequence) {
    static Internal read(JsonFields fields) throws MalformedInputException {
      JsonFields environment = fields.object("environment");
      Internal internal =
          new Internal(
              fields.string("compilerRoot"),
              readPlatform(fields.object("platform")),
              readDigest(environment),
              fields.string("rebuildTool"),
              fields.number("sequence", 1));
      environment.end();
      fields.end();
      return internal;
    }
  }

  private record Run(
      Fingerprint rebuilder,
      String invocationId,
      Instant startedOn,
      Instant finishedOn,
      List<Byproduct> byproducts) {
    static Run read(JsonFields fields) throws MalformedInputException {
      JsonFields builder = fields.object("builder");
      JsonFields metadata = fields.object("metadata");
      List<Byproduct> byproducts = new ArrayList<>();
      for (JsonFields node : fields.objects("byproducts")) {
        byproducts.add(readByproduct(node));
      }
      Run run =
          new Run(
              builder.parsed("id", RebuildAttestationReader::readBuilder),
              metadata.string("invocationId"),
              metadata.instant("startedOn"),
              metadata.instant("finishedOn"),
              byproducts);
      builder.end();
      metadata.end();
      fields.end();
      return run;
    }
  }

  /** Checks that the .dsc stands there again, and gives the .buildinfo's digest. */
  private static Sha256 readResolved(JsonFields definition, External external)
      throws MalformedInputException {
    List<JsonFields> resolved = definition.objects("resolvedDependencies");
    if (resolved.size() != 2) {
      throw definition.unexpected("resolvedDependencies", "the .dsc and the .buildinfo");
    }
    JsonFields dsc = resolved.get(0);
    dsc.constant("name", external.source.dscName());
    if (!readDigest(dsc).equals(external.source.dsc())) {
      throw dsc.unexpected("digest", "the digest of externalParameters/source");
    }
    dsc.end();
    JsonFields buildinfo = resolved.get(1);
    buildinfo.constant(
        "name", RebuildAttestationWriter.buildinfoName(external.source, external.architecture));
    Sha256 digest = readDigest(buildinfo);
    buildinfo.end();
    return digest;
  }

  private static Byproduct readByproduct(JsonFields fields) throws MalformedInputException {
    try {
      Byproduct byproduct =
          new Byproduct(fields.string("name"), fields.string("mediaType"), readDigest(fields));
      fields.end();
      return byproduct;
    } catch (IllegalArgumentException e) {
      throw fields.unexpected("name", "a file name and a media type");
    }
  }

  private static Fingerprint readBuilder(String id) throws MalformedInputException {
    if (!id.startsWith(RebuildAttestationWriter.BUILDER)) {
      throw new MalformedInputException(
          "expected " + RebuildAttestationWriter.BUILDER + " and a fingerprint");
    }
    Fingerprint fingerprint =
        Fingerprint.parse(id.substring(RebuildAttestationWriter.BUILDER.length()));
    if (!id.equals(RebuildAttestationWriter.BUILDER + fingerprint)) {
      throw new MalformedInputException("expected the fingerprint in lower case");
    }
    return fingerprint;
  }

  private static Platform readPlatform(JsonFields fields) throws MalformedInputException {
    try {
      Platform platform =
          new Platform(
              fields.string("architecture"),
              fields.bool("emulated"),
              fields.string("cpuVendor"),
              fields.string("cpuModel"),
              fields.string("kernel"),
              fields.string("kernelRelease"),
              fields.string("os"));
      fields.end();
      return platform;
    } catch (IllegalArgumentException e) {
      throw new MalformedInputException("platform: " + e.getMessage(), e);
    }
  }

  private static Sha256 readDigest(JsonFields owner) throws MalformedInputException {
    JsonFields digest = owner.object("digest");
    Sha256 sha256 = digest.sha256("sha256");
    digest.end();
    return sha256;
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
    Sha256 digest = readDigest(subject);
    JsonFields annotations = subject.object("annotations");
    BinaryArtifact artifact = new BinaryArtifact(identity, digest, annotations.number("size", 0));
    annotations.end();
    subject.end();
    return artifact;
  }

  private static Architecture subjectArchitecture(JsonFields subject, DebPurl url)
      throws MalformedInputException {
    Architecture architecture = subject.parsed("uri", uri -> Architecture.parse(url.arch()));
    if (architecture.value().equals(RebuildAttestationWriter.SOURCE)) {
      throw subject.unexpected("uri", "a binary package");
    }
    return architecture;
  }
}
