package org.whonix2.server.sequencer;

import java.util.concurrent.CompletableFuture;
import org.whonix2.core.digest.Sha256;

/** An entry that waits for its place. */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
record Submission(byte[] entry, Sha256 digest, CompletableFuture<Sequenced> answer) {
  static Submission of(byte[] entry) {
    return new Submission(entry, Sha256.of(entry), new CompletableFuture<>());
  }
}
