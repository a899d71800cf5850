package org.whonix2.core.log;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What known keys say of a note (C2SP signed-note, "Signatures"): signatures of unknown keys are
 * ignored, a bad signature under a known key's name and id rejects the whole note.
 */
public sealed interface NoteVerification {
  /** At least one known key signed, and none is wronged. {@code by} names each key once. */
  record Verified(List<VerifierKey> by) implements NoteVerification {
    public Verified {
      by = List.copyOf(by);
    }
  }

  /** No signature by a known key. */
  record Unsigned() implements NoteVerification {}

  /** A line has this key's name and id, but this key did not make it. */
  record BadSignature(VerifierKey key) implements NoteVerification {}

  static NoteVerification of(SignedNote note, List<VerifierKey> known) {
    Set<VerifierKey> by = new LinkedHashSet<>();
    for (NoteSignature signature : note.signatures()) {
      for (VerifierKey key : known) {
        if (!key.isNamedBy(signature)) {
          continue;
        }
        if (!key.verify(note.text(), signature)) {
          return new BadSignature(key);
        }
        by.add(key);
      }
    }
    return by.isEmpty() ? new Unsigned() : new Verified(new ArrayList<>(by));
  }
}
