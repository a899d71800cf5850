package org.whonix2.core.log;

import java.io.IOException;

/**
 * Takes new entries in the order of the log. They are proven only when {@link Follower#follow} has
 * answered {@link FollowOutcome.Advanced}: until then they must not take effect, and after any
 * other answer or an exception they must be dropped.
 */
@FunctionalInterface
public interface EntrySink {
  void accept(long index, byte[] entry) throws IOException;
}
