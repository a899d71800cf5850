package org.whonix2.core.statement;

import java.util.ArrayList;
import java.util.List;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.artifact.Architecture;
import org.whonix2.core.artifact.PackageVersion;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.json.JsonFields;

/** Reads what {@link CompilerBootstrapWriter} writes, and nothing else. */
final class CompilerBootstrapReader {
  private CompilerBootstrapReader() {}

  static CompilerBootstrap read(JsonFields statement) throws MalformedInputException {
    List<JsonFields> subjects = statement.objects("subject");
    JsonFields predicate = statement.object("predicate");
    statement.end();
    JsonFields definition = predicate.object("buildDefinition");
    JsonFields details = predicate.object("runDetails");
    predicate.end();
    definition.constant("buildType", CompilerBootstrap.BUILD_TYPE);
    JsonFields external = definition.object("externalParameters");
    JsonFields internal = definition.object("internalParameters");
    String suite = external.string("suite");
    List<SourcePackage> sources = readSources(external, suite);
    expectResolved(definition, sources);
    definition.end();
    CompilerBootstrap bootstrap =
        new CompilerBootstrap(
            BootstrapPlan.read(external.object("plan")),
            Toolchain.read(external.object("makes")),
            sources,
            suite,
            external.parsed("architecture", Architecture::parse),
            internal.string("compilerRoot"),
            Toolchain.read(internal.object("rootToolchain")),
            readStage(external),
            readEarlier(internal),
            readFiles(subjects),
            internal.parsed("libcDev", PackageVersion::parse),
            Run.read(internal, details));
    external.end();
    internal.end();
    details.end();
    return bootstrap;
  }

  private static List<SourcePackage> readSources(JsonFields external, String suite)
      throws MalformedInputException {
    List<SourcePackage> sources = new ArrayList<>();
    for (JsonFields each : external.objects("sources")) {
      sources.add(SourcePackage.read(each, suite));
      each.end();
    }
    return sources;
  }

  /** The sources once more, in their order, and nothing else. */
  private static void expectResolved(JsonFields definition, List<SourcePackage> sources)
      throws MalformedInputException {
    List<JsonFields> resolved = definition.objects("resolvedDependencies");
    if (resolved.size() != sources.size()) {
      throw definition.unexpected("resolvedDependencies", "every source once");
    }
    for (int i = 0; i < resolved.size(); i++) {
      SourceDigest.expectSame(resolved.get(i), sources.get(i));
      resolved.get(i).end();
    }
  }

  private static int readStage(JsonFields external) throws MalformedInputException {
    long stage = external.number("stage", 1);
    if (stage > CompilerBootstrap.MOST_STAGES) {
      throw external.unexpected(
          "stage", "a whole number from 1 to " + CompilerBootstrap.MOST_STAGES);
    }
    return (int) stage;
  }

  private static List<Sha256> readEarlier(JsonFields internal) throws MalformedInputException {
    List<Sha256> earlier = new ArrayList<>();
    for (JsonFields stage : internal.objects("earlier")) {
      earlier.add(Descriptors.readOnlyDigest(stage));
    }
    return earlier;
  }

  private static List<CompilerFile> readFiles(List<JsonFields> subjects)
      throws MalformedInputException {
    List<CompilerFile> files = new ArrayList<>();
    for (JsonFields subject : subjects) {
      files.add(CompilerFile.read(subject));
    }
    return files;
  }
}
