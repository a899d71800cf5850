package org.whonix2.server.catalogue;

/**
 * Which part of an answer is asked for.
 *
 * @param after the index to go on after; -1 to begin
 * @param limit how much at most
 * @param size of the tree that the answer is about
 */
public record Window(long after, int limit, long size) {
  /** The most that one page has; at the longest entries that is 6.5 MB. */
  public static final int MAX_LIMIT = 100;

  public Window {
    if (after < -1 || limit < 1 || limit > MAX_LIMIT || size < 0) {
      throw new IllegalArgumentException(
          "expected an index or -1, a limit from 1 to %d and a size, found %d, %d and %d"
              .formatted(MAX_LIMIT, after, limit, size));
    }
  }
}
