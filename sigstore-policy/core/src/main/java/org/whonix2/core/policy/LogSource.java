package org.whonix2.core.policy;

import java.net.URI;
import java.util.List;
import org.whonix2.core.log.TrustedLog;

/**
 * A log that the box follows.
 *
 * @param log its origin and the key that signs its checkpoints
 * @param urls where it can be reached, in the order in which they are tried
 */
public record LogSource(TrustedLog log, List<URI> urls) {
  public LogSource {
    urls = List.copyOf(urls);
  }

  public String origin() {
    return log.origin();
  }
}
