package org.whonix2.core.log;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.whonix2.core.MalformedInputException;

/**
 * What a follower keeps of a log: the checkpoint it accepted last, as signed, and the frontier of
 * that tree. Both are to be stored together, atomically; neither is secret.
 */
public final class LogState {
  private static final LogState EMPTY = new LogState(null, null, Frontier.empty());

  private final @Nullable SignedNote note;
  private final @Nullable Checkpoint checkpoint;
  private final Frontier frontier;

  private LogState(@Nullable SignedNote note, @Nullable Checkpoint checkpoint, Frontier frontier) {
    this.note = note;
    this.checkpoint = checkpoint;
    this.frontier = frontier;
  }

  /** Before the first checkpoint. */
  public static LogState empty() {
    return EMPTY;
  }

  /**
   * The state as it was stored.
   *
   * @throws MalformedInputException if checkpoint and frontier are not of one tree
   */
  public static LogState of(byte[] signedCheckpoint, Frontier frontier)
      throws MalformedInputException {
    return of(SignedNote.parse(signedCheckpoint), frontier);
  }

  static LogState of(SignedNote note, Frontier frontier) throws MalformedInputException {
    Checkpoint checkpoint = Checkpoint.parse(note.text());
    if (!frontier.matches(checkpoint)) {
      throw new MalformedInputException(
          "expected the frontier of the kept checkpoint, of size "
              + checkpoint.size()
              + ", found another, of size "
              + frontier.size());
    }
    return new LogState(note, checkpoint, frontier);
  }

  /** The note as it was accepted, with its cosignatures; to be stored as its bytes. */
  public Optional<SignedNote> note() {
    return Optional.ofNullable(note);
  }

  public Optional<Checkpoint> checkpoint() {
    return Optional.ofNullable(checkpoint);
  }

  public Frontier frontier() {
    return frontier;
  }

  /** How many entries have been taken in. */
  public long size() {
    return frontier.size();
  }
}
