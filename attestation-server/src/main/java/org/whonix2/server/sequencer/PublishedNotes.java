package org.whonix2.server.sequencer;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.log.Checkpoint;
import org.whonix2.core.log.HashReader;
import org.whonix2.core.log.NoteSignature;
import org.whonix2.core.log.NoteVerification;
import org.whonix2.core.log.SignedNote;
import org.whonix2.core.log.SigningKey;
import org.whonix2.core.log.VerifierKey;
import org.whonix2.server.store.LogStore;
import org.whonix2.server.store.PublishedNote;
import org.whonix2.server.store.StoreException;
import org.whonix2.server.store.TreeHead;

/** What must hold for the published checkpoint, and what becomes of two for one tree. */
final class PublishedNotes {
  private final List<VerifierKey> witnesses;

  PublishedNotes(List<VerifierKey> witnesses) {
    this.witnesses = List.copyOf(witnesses);
  }

  /**
   * @throws StoreException unless this key signed it and the stored tree begins with it
   */
  static void check(LogStore store, SigningKey key, PublishedNote kept) throws IOException {
    try {
      SignedNote note = SignedNote.parse(kept.note());
      Checkpoint checkpoint = Checkpoint.parse(note.text());
      boolean signed =
          checkpoint.origin().equals(key.verifierKey().name())
              && note.open(List.of(key.verifierKey())) instanceof NoteVerification.Verified;
      if (!signed) {
        throw new StoreException(
            "the kept checkpoint of "
                + checkpoint.origin()
                + " is not signed by the key given: "
                + key.vkey());
      }
      TreeHead head = store.head();
      if (checkpoint.size() > head.size()) {
        throw new StoreException(
            "the tree is smaller than the kept checkpoint: expected at least "
                + checkpoint.size()
                + ", found "
                + head.size());
      }
      Sha256 root = HashReader.root(store.hashes(checkpoint.size()), checkpoint.size());
      if (!root.equals(checkpoint.root())) {
        throw new StoreException(
            "the tree contradicts the kept checkpoint of size "
                + checkpoint.size()
                + ": expected root "
                + checkpoint.root()
                + ", found "
                + root);
      }
    } catch (MalformedInputException e) {
      throw new StoreException("the kept checkpoint is no checkpoint", e);
    }
  }

  /**
   * Every witness's newest cosignature: a process that slept while it collected some must not take
   * another's newer ones back.
   *
   * @throws StoreException if they are about two trees of one size
   */
  PublishedNote merge(PublishedNote standing, PublishedNote note) throws StoreException {
    try {
      SignedNote old = SignedNote.parse(standing.note());
      SignedNote ours = SignedNote.parse(note.note());
      if (!old.text().equals(ours.text())) {
        throw new StoreException(
            "the published checkpoint is about another tree of size " + note.size());
      }
      List<NoteSignature> merged = new ArrayList<>();
      for (NoteSignature signature : ours.signatures()) {
        merged.add(newest(old, signature));
      }
      for (NoteSignature signature : old.signatures()) {
        if (merged.size() < SignedNote.MAX_SIGNATURES && isAbsent(merged, signature)) {
          merged.add(signature);
        }
      }
      return new PublishedNote(note.size(), ours.withSignatures(merged).toBytes());
    } catch (MalformedInputException e) {
      throw new StoreException("the published checkpoint is no checkpoint", e);
    }
  }

  private NoteSignature newest(SignedNote old, NoteSignature ours) {
    NoteSignature newest = ours;
    for (VerifierKey witness : witnesses) {
      for (NoteSignature other : old.signatures()) {
        if (isNewer(witness, old.text(), other, newest)) {
          newest = other;
        }
      }
    }
    return newest;
  }

  private static boolean isNewer(
      VerifierKey witness, String text, NoteSignature one, NoteSignature than) {
    return witness.isNamedBy(one)
        && witness.isNamedBy(than)
        && witness
            .cosignedAt(text, one)
            .orElse(Instant.MIN)
            .isAfter(witness.cosignedAt(text, than).orElse(Instant.MIN));
  }

  private static boolean isAbsent(List<NoteSignature> signatures, NoteSignature wanted) {
    return signatures.stream()
        .noneMatch(s -> s.keyId() == wanted.keyId() && s.keyName().equals(wanted.keyName()));
  }
}
