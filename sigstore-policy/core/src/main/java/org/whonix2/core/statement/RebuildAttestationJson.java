package org.whonix2.core.statement;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.artifact.Architecture;
import org.whonix2.core.artifact.BinaryArtifact;
import org.whonix2.core.artifact.PackageIdentity;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.json.JsonFields;
import org.whonix2.core.json.StrictJson;
import org.whonix2.core.openpgp.Fingerprint;

/** The JSON of a {@link RebuildAttestation}: reader and writer side by side. */
final class RebuildAttestationJson {
  static final String PREDICATE_TYPE = "https://slsa.dev/provenance/v1";

  private static final String BUILDER = "openpgp4fpr:";
  private static final String SOURCE = "source";

  private RebuildAttestationJson() {}

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

  private static String buildinfoName(SourcePackage source, Architecture architecture) {
    return source.name()
        + "_"
        + source.version().withoutEpoch()
        + "_"
        + architecture
        + ".buildinfo";
  }

  private static String invocation(Fingerprint rebuilder, long sequence) {
    return rebuilder + "/" + sequence;
  }

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
    if (!run.invocationId.equals(invocation(run.rebuilder, internal.sequence))) {
      throw new MalformedInputException(
          "expected the invocationId " + invocation(run.rebuilder, internal.sequence));
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
      JsonFields source = fields.object(SOURCE);
      DebPurl url = source.parsed("uri", DebPurl::parse);
      if (!url.arch().equals(SOURCE) || !url.suite().equals(suite)) {
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
              builder.parsed("id", RebuildAttestationJson::readBuilder),
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
    buildinfo.constant("name", buildinfoName(external.source, external.architecture));
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
    if (!id.startsWith(BUILDER)) {
      throw new MalformedInputException("expected " + BUILDER + " and a fingerprint");
    }
    Fingerprint fingerprint = Fingerprint.parse(id.substring(BUILDER.length()));
    if (!id.equals(BUILDER + fingerprint)) {
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
    if (architecture.value().equals(SOURCE)) {
      throw subject.unexpected("uri", "a binary package");
    }
    return architecture;
  }
}
