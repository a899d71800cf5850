package org.whonix2.server.api;

import java.io.IOException;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.log.InclusionProof;
import org.whonix2.core.log.SignedNote;
import org.whonix2.core.log.TlogProof;
import org.whonix2.server.store.LogStore;
import org.whonix2.server.store.PublishedNote;

/** Makes C2SP tlog-proofs out of the store. */
final class Proofs {
  private Proofs() {}

  /** The text of the proof that this entry, which the checkpoint must cover, is in its tree. */
  static String of(LogStore store, long index, PublishedNote checkpoint) throws IOException {
    long size = checkpoint.size();
    try {
      return TlogProof.of(
              index,
              InclusionProof.prove(store.hashes(size), index, size),
              SignedNote.parse(checkpoint.note()))
          .toString();
    } catch (MalformedInputException e) {
      throw new IllegalStateException("only notes are published", e);
    }
  }
}
