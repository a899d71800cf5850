package org.whonix2.server.sequencer;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.log.Checkpoint;
import org.whonix2.core.log.HashReader;
import org.whonix2.core.log.NoteSignature;
import org.whonix2.core.log.NoteVerification;
import org.whonix2.core.log.SignedNote;
import org.whonix2.core.log.SigningKey;
import org.whonix2.server.cosigning.Cosigners;
import org.whonix2.server.store.LogStore;
import org.whonix2.server.store.PublishedNote;
import org.whonix2.server.store.StoreException;
import org.whonix2.server.store.TreeHead;

/**
 * Signs tree heads that are committed, and no others, has them cosigned, and keeps the result as
 * the checkpoint to serve. For one thread; only {@link #latest} may be asked by all.
 */
public final class Publisher {
  private final LogStore store;
  private final SigningKey key;
  private final Cosigners cosigners;
  private volatile PublishedNote latest;
  private boolean complete = true;

  private Publisher(LogStore store, SigningKey key, Cosigners cosigners, PublishedNote latest) {
    this.store = store;
    this.key = key;
    this.cosigners = cosigners;
    this.latest = latest;
  }

  /**
   * Checks the stored checkpoint against the key and the stored tree; where there is none yet it
   * publishes one without cosignatures.
   *
   * @throws StoreException if they contradict each other
   */
  public static Publisher open(LogStore store, SigningKey key, Cosigners cosigners)
      throws IOException {
    Optional<PublishedNote> kept = store.published();
    if (kept.isPresent()) {
      check(store, key, kept.get());
      return new Publisher(store, key, cosigners, kept.get());
    }
    TreeHead head = store.head();
    PublishedNote first = new PublishedNote(head.size(), checkpoint(key, head).sign(key).toBytes());
    store.publish(first);
    return new Publisher(store, key, cosigners, first);
  }

  private static void check(LogStore store, SigningKey key, PublishedNote kept) throws IOException {
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

  private static Checkpoint checkpoint(SigningKey key, TreeHead head) {
    return new Checkpoint(key.verifierKey().name(), head.size(), head.root());
  }

  /** The checkpoint to serve. */
  public PublishedNote latest() {
    return latest;
  }

  /** Whether every witness cosigned the checkpoint published last; for the publishing thread. */
  boolean isComplete() {
    return complete;
  }

  /** The log's name. */
  public String origin() {
    return key.verifierKey().name();
  }

  /** How many witnesses are asked to cosign. */
  public int witnesses() {
    return cosigners.size();
  }

  /** Publishes the committed tree head with the cosignatures that can be had in time. */
  PublishedNote publish() throws IOException {
    TreeHead head = store.head();
    // A head is signed only when a loss of power could not take it back: the commit before this
    // may have failed to reach the disk, or another process may have made it.
    store.sync();
    Checkpoint checkpoint = checkpoint(key, head);
    SignedNote signed = checkpoint.sign(key);
    List<NoteSignature> cosignatures =
        cosigners.collect(checkpoint, signed, earlier(), () -> store.hashes(head.size()));
    complete = cosignatures.size() == cosigners.size();
    PublishedNote note = new PublishedNote(head.size(), with(signed, cosignatures).toBytes());
    if (!store.publish(note)) {
      // Another writer has published a larger tree, which begins with this one.
      note = store.published().orElseThrow();
    }
    latest = note;
    return note;
  }

  private SignedNote earlier() {
    try {
      return SignedNote.parse(latest.note());
    } catch (MalformedInputException e) {
      throw new IllegalStateException("we wrote or checked it", e);
    }
  }

  private static SignedNote with(SignedNote signed, List<NoteSignature> cosignatures) {
    List<NoteSignature> all = new ArrayList<>(signed.signatures());
    all.addAll(cosignatures);
    try {
      return signed.withSignatures(all);
    } catch (MalformedInputException e) {
      throw new IllegalStateException("there are fewer witnesses than signatures allowed", e);
    }
  }
}
