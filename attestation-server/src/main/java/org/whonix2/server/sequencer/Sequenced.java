package org.whonix2.server.sequencer;

import org.whonix2.server.store.PublishedNote;

/**
 * Where an entry stands, and a published checkpoint that covers it.
 *
 * @param isNew whether this submission put it there
 */
public record Sequenced(long index, boolean isNew, PublishedNote checkpoint) {
  public Sequenced {
    if (index < 0 || index >= checkpoint.size()) {
      throw new IllegalArgumentException(
          "expected a checkpoint that covers entry " + index + ", found size " + checkpoint.size());
    }
  }
}
