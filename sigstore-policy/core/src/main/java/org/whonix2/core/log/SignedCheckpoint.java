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
   * This checkpoint with one verified signature of each log key and one cosignature, which is the
   * last line: what a witness keeps and serves.
   */
  public SignedNote cosign(SigningKey witness, Instant at) {
    return withCosignatures(List.of(witness.cosign(checkpoint, at)));
  }

  /**
   * This checkpoint with one verified signature of each log key and these cosignatures, instead of
   * all others. Those that exceed what a note can hold are left out, the last ones first.
   */
  SignedNote withCosignatures(List<NoteSignature> cosignatures) {
    List<NoteSignature> lines = new ArrayList<>(logSignatures);
    int room = SignedNote.MAX_SIGNATURES - lines.size();
    lines.addAll(cosignatures.subList(0, Math.min(room, cosignatures.size())));
    try {
      return note.withSignatures(lines);
    } catch (MalformedInputException e) {
      throw new IllegalStateException("trusted keys are too few to fill a note", e);
    }
  }
}
