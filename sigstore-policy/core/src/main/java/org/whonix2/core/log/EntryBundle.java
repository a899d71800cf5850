package org.whonix2.core.log;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.whonix2.core.MalformedInputException;

/**
 * Consecutive entries as one resource (C2SP tlog-tiles, "Log entries"): each with its length in
 * front, u16 big-endian.
 */
public final class EntryBundle {
  /** The longest entry. */
  public static final int MAX_ENTRY = 65_535;

  /** The longest bundle: 256 of the longest entries with their lengths. */
  public static final int MAX_BYTES = TilePath.FULL * (2 + MAX_ENTRY);

  private EntryBundle() {}

  /**
   * Writes 1 to 256 entries.
   *
   * @throws IllegalArgumentException if an entry is too long or their number is out of bounds
   */
  public static byte[] format(List<byte[]> entries) {
    if (entries.isEmpty() || entries.size() > TilePath.FULL) {
      throw new IllegalArgumentException("expected 1 to 256 entries, found " + entries.size());
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] entry : entries) {
      if (entry.length > MAX_ENTRY) {
        throw new IllegalArgumentException(
            "expected an entry of at most 65535 bytes, found " + entry.length);
      }
      out.write(entry.length >>> 8);
      out.write(entry.length);
      out.writeBytes(entry);
    }
    return out.toByteArray();
  }

  /** Reads a whole bundle of exactly this many entries; the inverse of {@link #format}. */
  public static List<byte[]> parse(byte[] bytes, int width) throws MalformedInputException {
    List<byte[]> entries = new ArrayList<>();
    int position = 0;
    for (int entry = 0; entry < width; entry++) {
      if (bytes.length - position < 2) {
        throw truncated(entry);
      }
      int length = ((bytes[position] & 0xff) << 8) | (bytes[position + 1] & 0xff);
      position += 2;
      if (bytes.length - position < length) {
        throw truncated(entry);
      }
      entries.add(Arrays.copyOfRange(bytes, position, position + length));
      position += length;
    }
    if (position != bytes.length) {
      throw new MalformedInputException(
          "entry bundle: expected "
              + width
              + " entries and no more, found "
              + (bytes.length - position)
              + " more bytes");
    }
    return entries;
  }

  private static MalformedInputException truncated(int entry) {
    return new MalformedInputException(
        "entry bundle: expected entry " + entry + " to be whole, found the end");
  }
}
