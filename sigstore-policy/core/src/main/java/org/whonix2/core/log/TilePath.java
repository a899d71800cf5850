package org.whonix2.core.log;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.Quoted;

/**
 * Where a tile lies (C2SP tlog-tiles): {@code tile/<L>/<N>[.p/<W>]}, with {@code entries} instead
 * of a level for entry bundles. Index 1234067 is written {@code x001/x234/067}.
 *
 * @param level 0 to 63, or {@link #ENTRIES}
 * @param width how many hashes or entries it holds; 256 is a full one
 */
public record TilePath(int level, long index, int width) {
  public static final int ENTRIES = -1;
  public static final int FULL = 256;

  private static final int HEIGHT = 8;
  private static final int MAX_LEVEL = 63;
  private static final long MAX_INDEX = TreeSize.MAX >>> HEIGHT;
  private static final Pattern PATH =
      Pattern.compile(
          "tile/(entries|0|[1-9][0-9]?)/((?:x[0-9]{3}/){0,5}[0-9]{3})(?:\\.p/([1-9][0-9]{0,2}))?");

  /**
   * @throws IllegalArgumentException if a figure is out of bounds
   */
  public TilePath {
    if (level < ENTRIES
        || level > MAX_LEVEL
        || index < 0
        || index > MAX_INDEX
        || width < 1
        || width > FULL) {
      throw new IllegalArgumentException(
          "no tile has level " + level + ", index " + index + ", width " + width);
    }
  }

  public static TilePath entries(long index, int width) {
    return new TilePath(ENTRIES, index, width);
  }

  /**
   * How wide the tile at this place is in a tree of this size: 256, less where the tree ends, 0
   * where it does not reach.
   */
  public static int widthAt(int level, long index, long size) {
    TreeSize.require(size);
    int bits = HEIGHT * Math.max(level, 0);
    long hashes = bits >= Long.SIZE ? 0 : size >>> bits;
    long before = index * FULL;
    return (int) Math.max(0, Math.min(FULL, hashes - before));
  }

  /** Reads a path without a leading slash; the inverse of toString. */
  public static TilePath parse(String path) throws MalformedInputException {
    Matcher matcher = PATH.matcher(path);
    if (matcher.matches()) {
      int level = matcher.group(1).equals("entries") ? ENTRIES : Integer.parseInt(matcher.group(1));
      long index = Long.parseLong(matcher.group(2).replaceAll("[x/]", ""));
      int width = matcher.group(3) == null ? FULL : Integer.parseInt(matcher.group(3));
      if (level <= MAX_LEVEL && index <= MAX_INDEX && width <= FULL) {
        TilePath parsed = new TilePath(level, index, width);
        // Leading x000/ elements, or the width of a full tile, would give one tile several paths.
        if (parsed.toString().equals(path)) {
          return parsed;
        }
      }
    }
    throw new MalformedInputException(
        "expected tile/<level or entries>/<index>[.p/<width>], found " + Quoted.of(path));
  }

  public boolean isEntries() {
    return level == ENTRIES;
  }

  public boolean isFull() {
    return width == FULL;
  }

  /** Whether a tree of this size has exactly this tile, so wide. */
  public boolean isIn(long size) {
    return widthAt(level, index, size) == width;
  }

  @Override
  public String toString() {
    StringBuilder path = new StringBuilder("%03d".formatted(index % 1000));
    for (long rest = index / 1000; rest > 0; rest /= 1000) {
      path.insert(0, "x%03d/".formatted(rest % 1000));
    }
    path.insert(0, "tile/" + (isEntries() ? "entries" : level) + "/");
    return isFull() ? path.toString() : path.append(".p/").append(width).toString();
  }
}
