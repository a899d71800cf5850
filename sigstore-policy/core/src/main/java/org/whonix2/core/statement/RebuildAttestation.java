package org.whonix2.core.statement;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.whonix2.core.artifact.BinaryArtifact;
import org.whonix2.core.artifact.PackageIdentity;
import org.whonix2.core.digest.Sha256;

/**
 * A rebuilder's statement that a rebuild succeeded: this source, built so, gave these bits.
 *
 * @param artifacts every binary package produced, at least one, no identity twice
 * @param buildinfo digest of the .buildinfo that the build made
 */
public record RebuildAttestation(Rebuild rebuild, List<BinaryArtifact> artifacts, Sha256 buildinfo)
    implements RebuildStatement {
  public RebuildAttestation {
    artifacts = List.copyOf(artifacts);
    Checks.expect(!artifacts.isEmpty(), "at least one artifact");
    Set<PackageIdentity> identities = new HashSet<>();
    Set<Sha256> digests = new HashSet<>();
    for (BinaryArtifact artifact : artifacts) {
      Checks.expect(
          !artifact.identity().architecture().value().equals(RebuildWriter.SOURCE),
          "binary packages");
      Checks.expect(
          identities.add(artifact.identity()) && digests.add(artifact.digest()),
          "no artifact twice: " + artifact.identity());
    }
  }

  @Override
  public StatementKind kind() {
    return StatementKind.REBUILD_ATTESTATION;
  }

  @Override
  public byte[] toJson() {
    return RebuildAttestationWriter.write(this);
  }
}
