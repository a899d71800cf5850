package org.whonix2.core.statement;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.whonix2.core.digest.Sha256;

/** Writes the JSON of a {@link CompilerBootstrap}; {@link CompilerBootstrapReader} reads it. */
final class CompilerBootstrapWriter {
  private CompilerBootstrapWriter() {}

  static byte[] write(CompilerBootstrap bootstrap) {
    Draft draft = new Draft(bootstrap.kind());
    for (CompilerFile file : bootstrap.files()) {
      file.write(draft.addSubject());
    }
    ObjectNode definition = draft.predicate().putObject("buildDefinition");
    definition.put("buildType", CompilerBootstrap.BUILD_TYPE);
    writeExternal(definition.putObject("externalParameters"), bootstrap);
    writeInternal(definition.putObject("internalParameters"), bootstrap);
    ArrayNode resolved = definition.putArray("resolvedDependencies");
    for (SourcePackage source : bootstrap.sources()) {
      SourceDigest.write(resolved.addObject().put("name", source.fileName()), source);
    }
    bootstrap.run().writeDetails(draft.predicate().putObject("runDetails"));
    return draft.toJson();
  }

  private static void writeExternal(ObjectNode external, CompilerBootstrap bootstrap) {
    bootstrap.plan().write(external.putObject("plan"));
    bootstrap.makes().write(external.putObject("makes"));
    ArrayNode sources = external.putArray("sources");
    for (SourcePackage source : bootstrap.sources()) {
      String uri = DebPurl.ofSource(source, bootstrap.suite()).toString();
      SourceDigest.write(sources.addObject().put("uri", uri), source);
    }
    external.put("suite", bootstrap.suite());
    external.put("architecture", bootstrap.architecture().value());
    external.put("stage", bootstrap.stage());
  }

  private static void writeInternal(ObjectNode internal, CompilerBootstrap bootstrap) {
    internal.put("compilerRoot", bootstrap.compilerRoot());
    bootstrap.rootToolchain().write(internal.putObject("rootToolchain"));
    ArrayNode earlier = internal.putArray("earlier");
    for (Sha256 stage : bootstrap.earlier()) {
      Descriptors.writeDigest(earlier.addObject(), stage);
    }
    internal.put("libcDev", bootstrap.libcDev().value());
    bootstrap.run().writeParameters(internal);
  }
}
