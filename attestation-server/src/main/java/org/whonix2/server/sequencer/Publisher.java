package org.whonix2.server.sequencer;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.log.Checkpoint;
import org.whonix2.core.log.NoteSignature;
import org.whonix2.core.log.SignedNote;
import org.whonix2.core.log.SigningKey;
import org.whonix2.server.cosigning.Cosigners;
import org.whonix2.server.store.LogStore;
import org.whonix2.server.store.PublishedNote;
import org.whonix2.server.store.StoreException;
import org.whonix2.server.store.TreeHead;

/**
 * Signs tree heads that are committed, and no others, has them cosigned, and keeps the result as
 * the checkpoint to serve. What is served is read from the database: another process may have
 * published meanwhile. For one thread; only {@link #latest} and {@link #known} may be asked by all.
 */
public final class Publisher {
  private final LogStore store;
  private final SigningKey key;
  private final Cosigners cosigners;
  private final PublishedNotes notes;

  /** The largest seen. */
  private volatile PublishedNote known;

  private boolean complete = true;

  private Publisher(LogStore store, SigningKey key, Cosigners cosigners, PublishedNote first) {
    this.store = store;
    this.key = key;
    this.cosigners = cosigners;
    this.notes = new PublishedNotes(cosigners.keys());
    this.known = first;
  }

  /**
   * Checks the stored checkpoint against the key and the stored tree; where there is none yet it
   * publishes one without cosignatures. Where the tree is larger it publishes that before it
   * returns: a checkpoint may have been served that a loss of power took back, though never its
   * tree.
   *
   * @throws StoreException if they contradict each other
   */
  public static Publisher open(LogStore store, SigningKey key, Cosigners cosigners)
      throws IOException {
    Optional<PublishedNote> kept = store.published();
    if (kept.isEmpty()) {
      TreeHead head = store.durableHead();
      // Of two processes that begin a log one finds the other's.
      kept =
          Optional.of(
              store.publish(
                  new PublishedNote(head.size(), checkpoint(key, head).sign(key).toBytes()),
                  (standing, ours) -> standing));
    }
    PublishedNotes.check(store, key, kept.get());
    Publisher publisher = new Publisher(store, key, cosigners, kept.get());
    if (store.head().size() > kept.get().size()) {
      publisher.publish();
    }
    return publisher;
  }

  private static Checkpoint checkpoint(SigningKey key, TreeHead head) {
    return new Checkpoint(key.verifierKey().name(), head.size(), head.root());
  }

  /**
   * The checkpoint to serve, whichever process published it.
   *
   * @throws StoreException also if it went back, as by a restored backup: nothing is served then
   */
  public PublishedNote latest() throws StoreException {
    long before = known.size();
    PublishedNote note =
        store.published().orElseThrow(() -> new StoreException("the checkpoint is gone"));
    requireNotBefore(before, "checkpoint", note.size());
    return seen(note);
  }

  private static void requireNotBefore(long before, String what, long size) throws StoreException {
    if (size < before) {
      throw new StoreException(
          "the stored " + what + " went back: expected a size from " + before + ", found " + size);
    }
  }

  private synchronized PublishedNote seen(PublishedNote note) {
    if (note.size() >= known.size()) {
      known = note;
    }
    return note;
  }

  /**
   * A checkpoint that was published, perhaps not the newest. Costs nothing: for what no later one
   * can change.
   */
  public PublishedNote known() {
    return known;
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
    long before = known.size();
    TreeHead head = store.durableHead();
    requireNotBefore(before, "tree", head.size());
    Checkpoint checkpoint = checkpoint(key, head);
    SignedNote signed = checkpoint.sign(key);
    List<NoteSignature> cosignatures =
        cosigners.collect(checkpoint, signed, earlier(), () -> store.hashes(head.size()));
    complete = cosignatures.size() == cosigners.size();
    PublishedNote note = new PublishedNote(head.size(), with(signed, cosignatures).toBytes());
    // Another process may have published a larger tree, which begins with this one.
    return seen(store.publish(note, notes::merge));
  }

  private SignedNote earlier() {
    try {
      return SignedNote.parse(known.note());
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
