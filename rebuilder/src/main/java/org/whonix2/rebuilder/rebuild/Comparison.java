package org.whonix2.rebuilder.rebuild;

import java.util.List;
import java.util.Optional;
import org.whonix2.core.artifact.BinaryArtifact;
import org.whonix2.core.digest.Sha256;
import org.whonix2.rebuilder.difference.Difference;

/**
 * An artifact beside what the archive has under its identity.
 *
 * @param archived the digests in the archive's signed Packages; more than one if they contradict
 *     each other
 * @param recorded what came out of the same environment elsewhere, if a .buildinfo says so
 * @param difference what the difference looks like, if there is one that was looked at; for people
 *     only, the agreement does not depend on it
 */
public record Comparison(
    BinaryArtifact artifact,
    List<Sha256> archived,
    Optional<Sha256> recorded,
    Optional<Difference> difference) {
  public Comparison {
    archived = List.copyOf(archived);
  }

  /** One that nobody has looked into yet. */
  public static Comparison of(
      BinaryArtifact artifact, List<Sha256> archived, RecordedBuild recorded) {
    return new Comparison(artifact, archived, recorded.of(artifact.identity()), Optional.empty());
  }

  Comparison with(Difference found) {
    return new Comparison(artifact, archived, recorded, Optional.of(found));
  }

  /**
   * Other bits are a mismatch only if they came out of this rebuild's environment, which a
   * .buildinfo shows that names them. Where the archive contradicts itself, nothing agrees with it;
   * where it has no such package, as for debug symbols, a .buildinfo stands in for it.
   */
  public Agreement agreement() {
    List<Sha256> known = archived.isEmpty() ? recorded.stream().toList() : archived;
    if (known.isEmpty()) {
      return Agreement.NOT_IN_ARCHIVE;
    }
    if (known.equals(List.of(artifact.digest()))) {
      return Agreement.AGREES;
    }
    return known.equals(recorded.stream().toList()) ? Agreement.MISMATCH : Agreement.INCONCLUSIVE;
  }
}
