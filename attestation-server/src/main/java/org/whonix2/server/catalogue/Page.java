package org.whonix2.server.catalogue;

import java.util.List;
import java.util.OptionalLong;
import java.util.function.ToLongFunction;

/**
 * A part of an answer.
 *
 * @param next the index to go on after; empty at the end
 */
public record Page<T>(List<T> items, OptionalLong next) {
  public Page {
    items = List.copyOf(items);
  }

  /** The items that were found in a window with nothing else in it. */
  static <T> Page<T> of(List<T> items, Window window, ToLongFunction<T> index) {
    boolean full = items.size() == window.limit();
    return new Page<>(
        items,
        full
            ? OptionalLong.of(index.applyAsLong(items.get(items.size() - 1)))
            : OptionalLong.empty());
  }
}
