package org.whonix2.core.policy;

import java.time.Instant;
import org.whonix2.core.artifact.PackageIdentity;
import org.whonix2.core.digest.Sha256;

/**
 * The owner's own exemption of one file from the quorum, by its hash.
 *
 * @param artifact its SHA-256, which decides
 * @param identity what its control data says it is
 * @param until from then on it is as if it were not there
 */
public record HashExemption(
    Sha256 artifact, PackageIdentity identity, String reason, Instant until) {}
