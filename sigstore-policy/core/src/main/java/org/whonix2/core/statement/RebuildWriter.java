package org.whonix2.core.statement;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** Writes the members that SLSA provenance has for a {@link Rebuild}; {@link RebuildReader}. */
final class RebuildWriter {
  static final String SOURCE = "source";

  /** What the source in a Git repository is of. */
  static final String PACKAGE = "package";

  /** Only where not all packages were built. */
  static final String BINARIES = "binaries";

  private RebuildWriter() {}

  /** Writes {@code externalParameters} and {@code internalParameters}. */
  static void writeParameters(ObjectNode definition, Rebuild rebuild) {
    ObjectNode external = definition.putObject("externalParameters");
    ObjectNode source = external.putObject(SOURCE);
    source.put("uri", sourceUrl(rebuild));
    if (rebuild.source() instanceof GitSource) {
      source.put(PACKAGE, purl(rebuild));
    }
    SourceDigest.write(source, rebuild.source());
    rebuild.sourceSigner().ifPresent(signer -> source.put("signer", KeyUri.of(signer)));
    external.put("suite", rebuild.suite());
    external.put("architecture", rebuild.architecture().value());
    rebuild.toolchain().write(external.putObject("toolchain"));
    external.put("profile", rebuild.profile());
    if (rebuild.binaries() != Binaries.BINARY) {
      external.put(BINARIES, rebuild.binaries().toString());
    }

    ObjectNode internal = definition.putObject("internalParameters");
    internal.put("compilerRoot", rebuild.compilerRoot());
    rebuild.platform().write(internal.putObject("platform"));
    Descriptors.writeDigest(internal.putObject("environment"), rebuild.environment());
    internal.put("rebuildTool", rebuild.rebuildTool());
    internal.put("sequence", rebuild.sequence());
  }

  /** Writes {@code builder}, {@code metadata} and {@code byproducts}. */
  static void writeRun(ObjectNode run, Rebuild rebuild) {
    run.putObject("builder").put("id", KeyUri.of(rebuild.rebuilder()));
    ObjectNode metadata = run.putObject("metadata");
    metadata.put("invocationId", invocation(rebuild));
    metadata.put("startedOn", rebuild.startedOn().toString());
    metadata.put("finishedOn", rebuild.finishedOn().toString());
    ArrayNode byproducts = run.putArray("byproducts");
    for (Byproduct byproduct : rebuild.byproducts()) {
      byproduct.write(byproducts.addObject());
    }
  }

  static String sourceUrl(Rebuild rebuild) {
    return rebuild.source() instanceof GitSource git
        ? GitLocation.of(git).toString()
        : purl(rebuild);
  }

  private static String purl(Rebuild rebuild) {
    RebuildSource source = rebuild.source();
    return new DebPurl(source.name(), source.version(), SOURCE, rebuild.suite()).toString();
  }

  static String buildinfoName(Rebuild rebuild) {
    RebuildSource source = rebuild.source();
    return source.name()
        + "_"
        + source.version().withoutEpoch()
        + "_"
        + (rebuild.binaries() == Binaries.ALL ? Binaries.ALL : rebuild.architecture())
        + ".buildinfo";
  }

  static String invocation(Rebuild rebuild) {
    return rebuild.rebuilder() + "/" + rebuild.sequence();
  }
}
