package org.whonix2.server.api;

import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.log.HashReader;
import org.whonix2.core.log.InclusionProof;
import org.whonix2.core.log.SignedNote;
import org.whonix2.core.log.TlogProof;
import org.whonix2.server.store.LogStore;
import org.whonix2.server.store.PublishedNote;

/** Makes C2SP tlog-proofs out of the store. */
final class Proofs {
  private final LogStore store;
  private @Nullable UnderCheckpoint latest;

  Proofs(LogStore store) {
    this.store = store;
  }

  /** The text of the proof that this entry, which the checkpoint must cover, is in its tree. */
  String of(long index, PublishedNote checkpoint) throws IOException {
    return under(checkpoint).prove(index).toString();
  }

  /** The entries of one group are asked for together, under one checkpoint, side by side. */
  private synchronized UnderCheckpoint under(PublishedNote checkpoint) {
    UnderCheckpoint proofs = latest;
    if (proofs == null || !proofs.isOf(checkpoint)) {
      proofs = new UnderCheckpoint(checkpoint, store.hashes(checkpoint.size()));
      latest = proofs;
    }
    return proofs;
  }

  /** Proofs that share what is read and computed for them. */
  private static final class UnderCheckpoint {
    /** Each proof reads a tile of 8 KiB on every level at most. */
    private static final int MAX_HASHES = 4_096;

    private record Subtree(int level, long index) {}

    private final PublishedNote published;
    private final SignedNote note;
    private final HashReader stored;
    private final Map<Subtree, Sha256> known = new HashMap<>();

    UnderCheckpoint(PublishedNote published, HashReader stored) {
      this.published = published;
      this.stored = stored;
      try {
        this.note = SignedNote.parse(published.note());
      } catch (MalformedInputException e) {
        throw new IllegalStateException("only notes are published", e);
      }
    }

    /** Of this very note, and still small. */
    synchronized boolean isOf(PublishedNote checkpoint) {
      return published.size() == checkpoint.size()
          && Arrays.equals(published.note(), checkpoint.note())
          && known.size() < MAX_HASHES;
    }

    synchronized TlogProof prove(long index) throws IOException {
      return TlogProof.of(index, InclusionProof.prove(this::hash, index, published.size()), note);
    }

    private Sha256 hash(int level, long index) throws IOException {
      Subtree subtree = new Subtree(level, index);
      Sha256 hash = known.get(subtree);
      if (hash == null) {
        hash = stored.hash(level, index);
        known.put(subtree, hash);
      }
      return hash;
    }
  }
}
