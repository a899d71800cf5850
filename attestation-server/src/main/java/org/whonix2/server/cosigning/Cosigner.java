package org.whonix2.server.cosigning;

import java.io.IOException;
import java.util.function.Supplier;
import org.whonix2.core.log.Checkpoint;
import org.whonix2.core.log.HashReader;
import org.whonix2.core.log.NoteSignature;
import org.whonix2.core.log.SignedNote;
import org.whonix2.core.log.VerifierKey;

/** Somebody who cosigns checkpoints. */
public interface Cosigner {
  VerifierKey key();

  /**
   * A cosignature that {@link #key} has verified.
   *
   * @param signed the checkpoint with the log's signature
   * @param hashes a reader of that tree, for this call's thread alone
   * @throws KnowsMore if it has cosigned a larger tree already
   * @throws IOException if there is none for another reason, which it gives
   */
  NoteSignature cosign(Checkpoint checkpoint, SignedNote signed, HashReader hashes)
      throws IOException;

  /** Nothing is wrong with the witness: another process of this log was faster. */
  final class KnowsMore extends IOException {
    private static final long serialVersionUID = 1L;

    public KnowsMore(long size, long ours) {
      super("it has cosigned a tree of size " + size + ", ours has " + ours);
    }
  }

  /** Gives each call a reader of its own. */
  interface Hashes extends Supplier<HashReader> {}
}
