package org.whonix2.server.api;

import java.io.IOException;
import java.util.List;
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
  /** Proofs that share what is read for them; each reads a tile of 8 KiB on every level. */
  private static final int SHARED = 256;

  private final LogStore store;
  private HashReader hashes;
  private long size;
  private int made;

  Proofs(LogStore store) {
    this.store = store;
    this.hashes = store.hashes(0);
  }

  /** The text of the proof that this entry, which the checkpoint must cover, is in its tree. */
  String of(long index, PublishedNote checkpoint) throws IOException {
    try {
      return TlogProof.of(
              index, prove(index, checkpoint.size()), SignedNote.parse(checkpoint.note()))
          .toString();
    } catch (MalformedInputException e) {
      throw new IllegalStateException("only notes are published", e);
    }
  }

  /** The entries of one group are asked for together, and stand side by side. */
  private synchronized List<Sha256> prove(long index, long treeSize) throws IOException {
    if (treeSize != size || made == SHARED) {
      hashes = store.hashes(treeSize);
      size = treeSize;
      made = 0;
    }
    made++;
    return InclusionProof.prove(hashes, index, treeSize);
  }
}
