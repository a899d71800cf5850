package org.whonix2.server.store;

import org.whonix2.core.digest.Sha256;

/**
 * An entry to be logged.
 *
 * @param identity what is logged once: two entries with one identity say the same, however they are
 *     written
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
public record LogEntry(byte[] content, Sha256 identity) {
  /** An entry that says nothing but its own bytes. */
  public static LogEntry opaque(byte[] content) {
    return new LogEntry(content, Sha256.of(content));
  }
}
