package org.whonix2.core.log;

import java.io.IOException;
import org.whonix2.core.digest.Sha256;

/**
 * What the kept tree's root was when the tree was smaller. A frontier cannot tell; who keeps the
 * entries or the hashes can ({@link HashReader#root}).
 */
@FunctionalInterface
public interface PastRoots {
  /**
   * The root of the tree over the first {@code size} kept entries. Asked only where a log shows a
   * smaller tree than the one kept.
   */
  Sha256 root(long size) throws IOException;
}
