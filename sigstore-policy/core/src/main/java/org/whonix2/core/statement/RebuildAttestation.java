package org.whonix2.core.statement;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.whonix2.core.artifact.Architecture;
import org.whonix2.core.artifact.BinaryArtifact;
import org.whonix2.core.artifact.PackageIdentity;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.openpgp.Fingerprint;

/**
 * A rebuilder's statement about one rebuild: this source, built so, gave these bits.
 *
 * @param artifacts every binary package produced, at least one, no identity twice
 * @param suite the archive's suite the source came from
 * @param architecture built for
 * @param profile Debian build profiles, empty for none
 * @param compilerRoot the compiler from which the toolchain's own compiler was bootstrapped
 * @param environment digest over the packages installed where it was built
 * @param rebuildTool name of the program that ran the build
 * @param sequence the rebuilder's own number, strictly increasing, from 1
 * @param rebuilder primary fingerprint of the key that signs this
 * @param startedOn whole seconds, as is finishedOn
 * @param buildinfo digest of the .buildinfo that the build made
 */
public record RebuildAttestation(
    List<BinaryArtifact> artifacts,
    SourcePackage source,
    String suite,
    Architecture architecture,
    Toolchain toolchain,
    String profile,
    String compilerRoot,
    Platform platform,
    Sha256 environment,
    String rebuildTool,
    long sequence,
    Fingerprint rebuilder,
    Instant startedOn,
    Instant finishedOn,
    Sha256 buildinfo,
    List<Byproduct> byproducts)
    implements Statement {
  /** SLSA's name for the way these builds are described. */
  public static final String BUILD_TYPE = "https://whonix2.org/buildtype/debian-rebuild/v1";

  private static final Pattern TOKEN = Pattern.compile("[a-z0-9][a-z0-9.+/-]{0,63}");

  public RebuildAttestation {
    artifacts = List.copyOf(artifacts);
    byproducts = List.copyOf(byproducts);
    check(!artifacts.isEmpty(), "at least one artifact");
    Set<PackageIdentity> identities = new HashSet<>();
    for (BinaryArtifact artifact : artifacts) {
      check(identities.add(artifact.identity()), "no artifact twice: " + artifact.identity());
    }
    check(TOKEN.matcher(suite).matches(), "a suite such as bookworm");
    check(TOKEN.matcher(toolchain.name()).matches(), "a toolchain such as gcc-12");
    check(TOKEN.matcher(compilerRoot).matches(), "a compiler root such as gcc");
    check(TOKEN.matcher(rebuildTool).matches(), "a rebuild tool such as whonix2-rebuilder");
    check(profile.isEmpty() || TOKEN.matcher(profile).matches(), "a build profile or none");
    check(sequence >= 1, "a sequence number of at least 1");
    check(isWholeSeconds(startedOn) && isWholeSeconds(finishedOn), "times of whole seconds");
    check(!finishedOn.isBefore(startedOn), "an end that is not before the start");
  }

  private static boolean isWholeSeconds(Instant time) {
    return time.truncatedTo(ChronoUnit.SECONDS).equals(time);
  }

  private static void check(boolean holds, String expected) {
    if (!holds) {
      throw new IllegalArgumentException("expected " + expected);
    }
  }

  /** What this rebuild is comparable by. */
  public RebuildId rebuildId() {
    return new RebuildId(source.dsc(), architecture, toolchain.digest(), profile);
  }

  @Override
  public byte[] toJson() {
    return RebuildAttestationWriter.write(this);
  }
}
