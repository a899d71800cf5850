package org.whonix2.core.statement;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** Writes the members that SLSA provenance has for a {@link Rebuild}; {@link RebuildReader}. */
final class RebuildWriter {
  static final String SOURCE = "source";

  /** What the source in a Git repository is of. */
  static final String PACKAGE = "package";

  /** Only where not all packages were built. */
  static final String BINARIES = "binaries";

  /** Only where a regenerated compiler ran. */
  static final String STAGE = "stage";

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
    rebuild.stage().ifPresent(stage -> Descriptors.writeDigest(internal.putObject(STAGE), stage));
    rebuild.run().writeParameters(internal);
  }

  static String sourceUrl(Rebuild rebuild) {
    return rebuild.source() instanceof GitSource git
        ? GitLocation.of(git).toString()
        : purl(rebuild);
  }

  private static String purl(Rebuild rebuild) {
    return DebPurl.ofSource(rebuild.source(), rebuild.suite()).toString();
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
}
