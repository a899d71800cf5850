package org.whonix2.core.snapshot;

import org.whonix2.core.digest.Sha256;
import org.whonix2.core.statement.SnapshotHeader;

/**
 * A snapshot's header as it stands in the log.
 *
 * @param payload digest of the very bytes that the rebuilder signed: what the next header names
 * @param index of the log entry
 */
public record LoggedHeader(SnapshotHeader header, Sha256 payload, long index) {
  public LoggedHeader {
    if (index < 0) {
      throw new IllegalArgumentException("negative index: " + index);
    }
  }

  long epoch() {
    return header.epoch();
  }

  @Override
  public String toString() {
    return "epoch " + header.epoch() + " (log entry " + index + ", payload " + payload + ")";
  }
}
