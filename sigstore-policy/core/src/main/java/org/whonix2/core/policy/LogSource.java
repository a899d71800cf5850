package org.whonix2.core.policy;

import java.net.URI;
import java.util.List;
import org.whonix2.core.log.VerifierKey;

/**
 * A log that the box follows.
 *
 * @param key verifies its checkpoints; its name need not be the origin
 * @param urls where it can be reached, in the order in which they are tried
 */
public record LogSource(String origin, VerifierKey key, List<URI> urls) {
  public LogSource {
    urls = List.copyOf(urls);
  }
}
