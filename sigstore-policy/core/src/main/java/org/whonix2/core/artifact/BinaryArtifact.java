package org.whonix2.core.artifact;

import org.whonix2.core.digest.Sha256;

/**
 * A binary package as bits.
 *
 * @param identity what its control data says it is
 * @param digest of the whole file
 * @param size in bytes
 */
public record BinaryArtifact(PackageIdentity identity, Sha256 digest, long size) {
  public BinaryArtifact {
    if (size < 0) {
      throw new IllegalArgumentException("negative size: " + size);
    }
  }
}
