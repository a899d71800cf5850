package org.whonix2.core.log;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.Quoted;

/**
 * A log somebody trusts to sign its own checkpoints: its origin and the keys, usually one, that may
 * sign for it.
 */
public record TrustedLog(String origin, List<VerifierKey> keys) {
  private static final int MAX_KEYS = 8;

  /**
   * @throws IllegalArgumentException without a proper origin, without keys, with one key twice, or
   *     with a key that is a witness's
   */
  public TrustedLog {
    keys = List.copyOf(keys);
    if (!Checkpoint.isOrigin(origin)) {
      throw new IllegalArgumentException("expected an origin, found " + Quoted.of(origin));
    }
    if (keys.isEmpty() || keys.size() > MAX_KEYS || new HashSet<>(keys).size() != keys.size()) {
      throw new IllegalArgumentException(
          "expected 1 to 8 different keys of log " + origin + ", found " + keys);
    }
    if (!keys.stream().allMatch(key -> key.type() == SignatureType.ED25519)) {
      throw new IllegalArgumentException(
          "expected keys of type 1 for log " + origin + ", found " + keys);
    }
  }

  /** The log that is named as its key is, which is the rule. */
  public static TrustedLog of(VerifierKey key) {
    return new TrustedLog(key.name(), List.of(key));
  }

  /** Reads and verifies what claims to be a checkpoint of this log. */
  public CheckpointVerification verify(byte[] signedNote) {
    try {
      return verify(SignedNote.parse(signedNote));
    } catch (MalformedInputException e) {
      return new CheckpointVerification.Rejected(String.valueOf(e.getMessage()));
    }
  }

  /** Verifies what claims to be a checkpoint of this log. Cosignatures are not looked at. */
  public CheckpointVerification verify(SignedNote note) {
    Checkpoint checkpoint;
    try {
      checkpoint = Checkpoint.parse(note.text());
    } catch (MalformedInputException e) {
      return new CheckpointVerification.Rejected(String.valueOf(e.getMessage()));
    }
    if (!checkpoint.origin().equals(origin)) {
      return new CheckpointVerification.Rejected(
          "expected a checkpoint of log "
              + origin
              + ", found one of "
              + Quoted.of(checkpoint.origin()));
    }
    NoteVerification verification = note.open(keys);
    if (verification instanceof NoteVerification.Verified) {
      // One a key: a key can make any number of good signatures and would push the cosignatures
      // out.
      List<NoteSignature> byLog =
          keys.stream()
              .map(key -> note.signatures().stream().filter(key::isNamedBy).findFirst())
              .flatMap(Optional::stream)
              .toList();
      return new CheckpointVerification.Verified(new SignedCheckpoint(note, checkpoint, byLog));
    }
    return new CheckpointVerification.Rejected(
        verification instanceof NoteVerification.BadSignature bad
            ? "the signature by " + bad.key() + " on the checkpoint of " + origin + " is bad"
            : "expected a signature by log " + origin + " on its checkpoint, found none");
  }
}
