package org.whonix2.server.sequencer;

import java.util.concurrent.CompletableFuture;
import org.whonix2.server.store.LogEntry;

/** An entry that waits for its place. */
record Submission(LogEntry entry, CompletableFuture<Sequenced> answer) {
  static Submission of(LogEntry entry) {
    return new Submission(entry, new CompletableFuture<>());
  }
}
