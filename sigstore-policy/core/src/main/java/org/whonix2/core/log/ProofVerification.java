package org.whonix2.core.log;

/** What {@link TlogProof#verify} finds. */
public sealed interface ProofVerification {
  /** The entry is at this index of the log, under a checkpoint that enough operators witnessed. */
  record Verified(SignedCheckpoint checkpoint, long index, QuorumResult.Met witnessed)
      implements ProofVerification {}

  record Rejected(String reason) implements ProofVerification {}
}
