package org.whonix2.core.statement;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.whonix2.core.artifact.Architecture;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.openpgp.Fingerprint;

/**
 * One rebuild, whatever came of it: what was built, how, where, and by whom.
 *
 * @param source what it was made from
 * @param sourceSigner primary fingerprint of the key of the .dsc's uploader signature, or of the
 *     tag's, where the rebuilder states it
 * @param recordedBuildinfo digest of the whole .buildinfo file that the rebuild followed, if it was
 *     given one
 * @param suite the archive's suite that the source and its build dependencies came from; of a
 *     source in Git, the latter
 * @param architecture built for
 * @param profile Debian build profiles, empty for none
 * @param binaries which of the source's packages were built
 * @param compilerRoot the compiler from which the toolchain's own compiler was bootstrapped
 * @param stage stage digest of the regenerated compiler that ran, as {@link
 *     CompilerBootstrap#stageDigest} has it; empty where the archive's own compiler did
 * @param environment digest over the packages installed where it was built
 * @param rebuildTool name of the program that ran the build
 * @param sequence the rebuilder's own number, strictly increasing, from 1
 * @param rebuilder primary fingerprint of the key that signs this
 * @param startedOn whole seconds, as is finishedOn
 */
public record Rebuild(
    RebuildSource source,
    Optional<Fingerprint> sourceSigner,
    Optional<Sha256> recordedBuildinfo,
    String suite,
    Architecture architecture,
    Toolchain toolchain,
    String profile,
    Binaries binaries,
    String compilerRoot,
    Optional<Sha256> stage,
    Platform platform,
    Sha256 environment,
    String rebuildTool,
    long sequence,
    Fingerprint rebuilder,
    Instant startedOn,
    Instant finishedOn,
    List<Byproduct> byproducts) {
  /** SLSA's name for the way these builds are described. */
  public static final String BUILD_TYPE = "https://whonix2.org/buildtype/debian-rebuild/v1";

  public Rebuild {
    Checks.expect(
        sourceSigner.isPresent() || !(source instanceof GitSource),
        "the signer of a source in Git, as nothing else vouches for it");
    Checks.token(suite, "a suite such as bookworm");
    Checks.token(compilerRoot, "a compiler root such as gcc");
    if (!profile.isEmpty()) {
      Checks.token(profile, "a build profile or none");
    }
    byproducts =
        new Run(
                platform,
                environment,
                rebuildTool,
                sequence,
                rebuilder,
                startedOn,
                finishedOn,
                byproducts)
            .byproducts();
  }

  /** On what, by whom and when. */
  Run run() {
    return new Run(
        platform, environment, rebuildTool, sequence, rebuilder, startedOn, finishedOn, byproducts);
  }

  /** What this rebuild is comparable by. */
  public RebuildId rebuildId() {
    return new RebuildId(source.digest(), architecture, toolchain.digest(), profile, binaries);
  }
}
