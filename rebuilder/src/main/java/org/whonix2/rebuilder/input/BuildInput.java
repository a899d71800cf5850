package org.whonix2.rebuilder.input;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.artifact.Architecture;
import org.whonix2.core.artifact.PackageVersion;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.openpgp.Fingerprint;
import org.whonix2.core.statement.Binaries;
import org.whonix2.core.statement.RebuildSource;
import org.whonix2.rebuilder.apt.ArchivedSource;
import org.whonix2.rebuilder.sandbox.Recipe;
import org.whonix2.rebuilder.sandbox.RootContents;
import org.whonix2.rebuilder.sandbox.Surroundings;
import org.whonix2.rebuilder.sandbox.Variant;

/**
 * All that a build needs, verified.
 *
 * @param folder with the source's files
 * @param announcement that names what it builds: its .dsc or debian/control
 * @param signer primary fingerprint of the uploader's key, or of the tag's, if one is known to have
 *     signed
 * @param rebuild what makes it a binary-only rebuild, if it is one
 * @param contents of the build root
 * @param recipe how it is built
 * @param buildPath the folder to unpack the source's folder in, where a record names it
 * @param locale LC_ALL, where a record names it
 * @param recorded what came out elsewhere, if that is known
 * @param recordedBuildinfo digest of the file that says so
 */
public record BuildInput(
    RebuildSource source,
    Path folder,
    Path announcement,
    Optional<Fingerprint> signer,
    Optional<BinaryRebuild> rebuild,
    RootContents contents,
    Recipe recipe,
    Optional<String> buildPath,
    Optional<String> locale,
    List<ArchivedSource.SourceFile> recorded,
    Optional<Sha256> recordedBuildinfo) {
  public BuildInput {
    recorded = List.copyOf(recorded);
  }

  /** The version that the binary packages are built as. */
  public PackageVersion builtVersion() {
    return recipe
        .variant()
        .map(Variant::version)
        .or(() -> rebuild.map(BinaryRebuild::version))
        .orElse(source.version());
  }

  /** The .buildinfo that a build on this architecture leaves. */
  public String buildinfoName(Architecture architecture) {
    String built = recipe.binaries() == Binaries.ALL ? "all" : architecture.toString();
    return source.name() + "_" + builtVersion().withoutEpoch() + "_" + built + ".buildinfo";
  }

  /** What a build that is attested sees of its machine. */
  public Surroundings surroundings(int processors) throws MalformedInputException {
    Surroundings usual = Surroundings.usual(processors);
    return new Surroundings(
            usual.user(),
            usual.host(),
            buildPath.orElse(usual.buildPath()),
            usual.timeZone(),
            locale.orElse(usual.locale()),
            usual.umask(),
            usual.processors(),
            usual.time(),
            usual.shuffledFiles(),
            usual.personality())
        .checked();
  }

  /** Source and version. */
  @Override
  public String toString() {
    return source.name() + " " + builtVersion();
  }
}
