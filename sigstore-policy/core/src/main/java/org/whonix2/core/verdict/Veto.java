package org.whonix2.core.verdict;

import java.util.List;
import java.util.Optional;
import org.whonix2.core.artifact.BinaryArtifact;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.statement.Byproduct;
import org.whonix2.core.statement.RebuildAttestation;

/**
 * Other bits under an artifact's name.
 *
 * @param statement who says so
 * @param artifact that it speaks against
 * @param bits what came out there instead
 */
public record Veto(LoggedRebuild statement, BinaryArtifact artifact, Sha256 bits) {
  /**
   * What must be there for people to look into: the build's log and its .buildinfo. Nothing if the
   * statement names no log.
   */
  public Optional<List<Sha256>> files() {
    Optional<Sha256> log =
        statement.rebuild().byproducts().stream()
            .filter(byproduct -> byproduct.name().equals(Byproduct.BUILD_LOG))
            .map(Byproduct::digest)
            .findFirst();
    return log.isPresent() && statement.statement() instanceof RebuildAttestation attestation
        ? Optional.of(List.of(log.get(), attestation.buildinfo()))
        : Optional.empty();
  }
}
