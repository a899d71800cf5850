package org.whonix2.core.log;

import java.io.IOException;

/**
 * A log as the follower sees it. An implementation sets deadlines and stops reading at the sizes
 * named here; whatever it returns is taken for hostile.
 */
public interface LogFetcher {
  /** The newest checkpoint it has: a note of at most {@link SignedNote#MAX_BYTES}. */
  byte[] checkpoint() throws IOException;

  /**
   * The entry bundle with this number and this many entries, of at most {@link
   * EntryBundle#MAX_BYTES}: {@link TilePath#entries} says where it lies.
   */
  byte[] entries(long bundle, int width) throws IOException;
}
