package org.whonix2.core.log;

/** What {@link TrustedLog#verify} finds. */
public sealed interface CheckpointVerification {
  record Verified(SignedCheckpoint checkpoint) implements CheckpointVerification {}

  /** Not a checkpoint that this log signed, and why. */
  record Rejected(String reason) implements CheckpointVerification {}
}
