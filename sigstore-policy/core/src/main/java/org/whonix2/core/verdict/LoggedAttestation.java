package org.whonix2.core.verdict;

import org.whonix2.core.digest.Sha256;
import org.whonix2.core.policy.Rebuilder;
import org.whonix2.core.statement.RebuildAttestation;

/**
 * An attestation by a rebuilder of the policy, its signature verified, as it stands in a log.
 *
 * @param log the log's origin
 * @param index of the entry in that log
 * @param payload digest of the bytes that were signed
 */
public record LoggedAttestation(
    String log, long index, Rebuilder rebuilder, RebuildAttestation attestation, Sha256 payload) {
  /** Where it stands, for messages. */
  String place() {
    return "entry " + index + " of " + log;
  }
}
