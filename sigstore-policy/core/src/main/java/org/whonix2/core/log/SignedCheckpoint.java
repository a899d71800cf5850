package org.whonix2.core.log;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.whonix2.core.MalformedInputException;

/**
 * A checkpoint that its log signed; only {@link TrustedLog#verify} makes one. Whether enough
 * witnesses saw it is {@link WitnessQuorum}'s question.
 */
public final class SignedCheckpoint {
  private final SignedNote note;
  private final Checkpoint checkpoint;
  private final List<NoteSignature> logSignatures;

  SignedCheckpoint(SignedNote note, Checkpoint checkpoint, List<NoteSignature> logSignatures) {
    this.note = note;
    this.checkpoint = checkpoint;
    this.logSignatures = logSignatures;
  }

  /** The whole note, with signatures that nobody has verified too. */
  public SignedNote note() {
    return note;
  }

  public Checkpoint checkpoint() {
    return checkpoint;
  }

  /**
   * This checkpoint with the log's verified signatures and one cosignature, which is the last line:
   * what a witness keeps and serves.
   */
  public SignedNote cosign(SigningKey witness, Instant at) {
    return withCosignatures(List.of(witness.cosign(checkpoint, at)));
  }

  /** This checkpoint with the log's verified signatures and these, instead of all others. */
  SignedNote withCosignatures(List<NoteSignature> cosignatures) {
    List<NoteSignature> lines = new ArrayList<>(logSignatures);
    lines.addAll(cosignatures);
    try {
      return note.withSignatures(lines);
    } catch (MalformedInputException e) {
      throw new IllegalStateException("trusted keys are too few to fill a note", e);
    }
  }
}
