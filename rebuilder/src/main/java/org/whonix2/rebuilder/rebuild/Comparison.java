package org.whonix2.rebuilder.rebuild;

import java.util.List;
import org.whonix2.core.artifact.BinaryArtifact;
import org.whonix2.core.digest.Sha256;

/**
 * An artifact beside what the archive has under its identity.
 *
 * @param archived the digests in the archive's signed Packages; more than one if they contradict
 *     each other
 */
public record Comparison(BinaryArtifact artifact, List<Sha256> archived) {
  public Comparison {
    archived = List.copyOf(archived);
  }

  /** Where the archive contradicts itself, nothing agrees with it. */
  public Agreement agreement() {
    if (archived.isEmpty()) {
      return Agreement.NOT_IN_ARCHIVE;
    }
    return archived.equals(List.of(artifact.digest())) ? Agreement.AGREES : Agreement.DIFFERS;
  }
}
