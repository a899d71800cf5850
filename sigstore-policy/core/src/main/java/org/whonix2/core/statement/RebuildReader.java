package org.whonix2.core.statement;

import java.util.List;
import java.util.Optional;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.artifact.Architecture;
import org.whonix2.core.json.JsonFields;
import org.whonix2.core.openpgp.Fingerprint;

/** Reads what {@link RebuildWriter} writes, and nothing else. */
final class RebuildReader {
  private RebuildReader() {}

  /**
   * Reads a {@link Rebuild}; ending the two objects is left to the caller.
   *
   * @param definition has {@code externalParameters} and {@code internalParameters}
   * @param run has {@code builder}, {@code metadata} and {@code byproducts}
   * @param dependencies as {@link Resolved} reads them
   */
  static Rebuild read(JsonFields definition, JsonFields run, List<JsonFields> dependencies)
      throws MalformedInputException {
    External external = External.read(definition.object("externalParameters"));
    Resolved resolved = Resolved.read(dependencies, external.source);
    JsonFields internal = definition.object("internalParameters");
    Optional<JsonFields> stage = internal.optionalObject(RebuildWriter.STAGE);
    Run done = Run.read(internal, run);
    Rebuild rebuild =
        new Rebuild(
            external.source instanceof GitSource git
                ? git.with(resolved.submodules())
                : external.source,
            external.sourceSigner,
            resolved.recordedBuildinfo(),
            external.suite,
            external.architecture,
            external.toolchain,
            external.profile,
            external.binaries,
            internal.string("compilerRoot"),
            stage.isPresent()
                ? Optional.of(Descriptors.readOnlyDigest(stage.get()))
                : Optional.empty(),
            done.platform(),
            done.environment(),
            done.rebuildTool(),
            done.sequence(),
            done.rebuilder(),
            done.startedOn(),
            done.finishedOn(),
            done.byproducts());
    internal.end();
    return rebuild;
  }

  private record External(
      RebuildSource source,
      Optional<Fingerprint> sourceSigner,
      String suite,
      Architecture architecture,
      Toolchain toolchain,
      String profile,
      Binaries binaries) {
    static External read(JsonFields fields) throws MalformedInputException {
      String suite = fields.string("suite");
      JsonFields source = fields.object(RebuildWriter.SOURCE);
      RebuildSource described = readSource(source, suite);
      Optional<Fingerprint> signer = source.optionalParsed("signer", KeyUri::parse);
      source.end();
      External external =
          new External(
              described,
              signer,
              suite,
              fields.parsed("architecture", Architecture::parse),
              Toolchain.read(fields.object("toolchain")),
              fields.string("profile"),
              fields
                  .optionalParsed(RebuildWriter.BINARIES, RebuildReader::part)
                  .orElse(Binaries.BINARY));
      fields.end();
      return external;
    }
  }

  /** All of them is what it means where the member is missing. */
  private static Binaries part(String text) throws MalformedInputException {
    Binaries part = Binaries.parse(text);
    if (part == Binaries.BINARY) {
      throw new MalformedInputException("expected any or all, or no such member, found " + part);
    }
    return part;
  }

  /** Reads all members but the signer. */
  private static RebuildSource readSource(JsonFields fields, String suite)
      throws MalformedInputException {
    if (GitLocation.looksSo(fields.string("uri"))) {
      GitLocation location = fields.parsed("uri", GitLocation::parse);
      DebPurl named = DebPurl.readSource(fields, RebuildWriter.PACKAGE, suite);
      return SourceDigest.readGit(fields, location, named);
    }
    return SourcePackage.read(fields, suite);
  }
}
