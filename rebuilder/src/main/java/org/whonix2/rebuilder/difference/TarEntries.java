package org.whonix2.rebuilder.difference;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.Quoted;

/**
 * The entries of a package's tar archive one after the other, as dpkg-deb writes them: GNU tar's
 * format, with its long names. Headers come as the bytes they are, since they are only compared.
 */
final class TarEntries {
  private static final int BLOCK = 512;
  private static final int NAME = 100;
  private static final int SIZE = 124;
  private static final int SIZE_LENGTH = 12;
  private static final int CHECKSUM = 148;
  private static final int CHECKSUM_LENGTH = 8;
  private static final int TYPE = 156;
  private static final int LARGEST_CONTROL_FILE = 64 << 20;
  private static final int LONGEST_NAME = 8192;
  private static final int MOST_ENTRIES = 2_000_000;

  private final InputStream in;
  private int entries;

  /** What of the entry before has not been read yet, with the zeros behind it. */
  private long unread;

  TarEntries(InputStream in) {
    this.in = in;
  }

  /** One entry: its header, and the long names that stood before it. */
  static final class Entry {
    private final byte[] header;
    private final String name;
    private final String link;
    private final long size;

    Entry(byte[] header, String name, String link, long size) {
      this.header = header;
      this.name = name;
      this.link = link;
      this.size = size;
    }

    String name() {
      return name;
    }

    long size() {
      return size;
    }

    /** Whether nothing differs but perhaps the content. */
    boolean sameHeader(Entry other) {
      return name.equals(other.name)
          && link.equals(other.link)
          && Arrays.equals(header, other.header);
    }

    /** As {@link #sameHeader}, whatever their sizes. */
    boolean sameHeaderButSize(Entry other) {
      return name.equals(other.name)
          && link.equals(other.link)
          && Arrays.equals(withoutSize(), other.withoutSize());
    }

    private byte[] withoutSize() {
      byte[] copy = header.clone();
      Arrays.fill(copy, SIZE, SIZE + SIZE_LENGTH, (byte) 0);
      Arrays.fill(copy, CHECKSUM, CHECKSUM + CHECKSUM_LENGTH, (byte) 0);
      return copy;
    }
  }

  /** The next entry, whose content comes next; null at the archive's end. */
  @Nullable Entry next() throws IOException, MalformedInputException {
    String name = "";
    String link = "";
    while (true) {
      in.skipNBytes(unread);
      unread = 0;
      if (++entries > MOST_ENTRIES) {
        throw new MalformedInputException("expected at most " + MOST_ENTRIES + " entries");
      }
      byte[] header = take(BLOCK);
      if (isZero(header)) {
        return null;
      }
      char type = (char) (header[TYPE] & 0xff);
      long size = size(header);
      unread = (size + BLOCK - 1) / BLOCK * BLOCK;
      if (type == 'L') {
        name = longName(size);
      } else if (type == 'K') {
        link = longName(size);
      } else if ((type >= '0' && type <= '6') || type == '\0') {
        if (size != 0 && type != '0' && type != '\0') {
          throw new MalformedInputException("expected content in files only");
        }
        return new Entry(header, name.isEmpty() ? shortName(header) : name, link, size);
      } else {
        throw new MalformedInputException(
            "expected a plain entry of a tar archive, found type " + Quoted.of("" + type));
      }
    }
  }

  /** As {@link #content}, of a file of control data. */
  byte[] small(Entry entry) throws IOException, MalformedInputException {
    if (entry.size > LARGEST_CONTROL_FILE) {
      throw new MalformedInputException(
          "expected at most " + LARGEST_CONTROL_FILE + " bytes in " + Quoted.of(entry.name));
    }
    return content(entry);
  }

  /** The whole content of the entry that came last. */
  byte[] content(Entry entry) throws IOException {
    byte[] content = take((int) entry.size);
    unread -= entry.size;
    return content;
  }

  /** Up to so many bytes of the content of the entry that came last; the next call goes on. */
  byte[] part(int length) throws IOException {
    byte[] part = take(length);
    unread -= length;
    return part;
  }

  private String longName(long size) throws IOException, MalformedInputException {
    if (size < 2 || size > LONGEST_NAME) {
      throw new MalformedInputException("expected a name of at most " + LONGEST_NAME + " bytes");
    }
    byte[] text = take((int) size);
    unread -= size;
    return new String(text, 0, text.length - 1, StandardCharsets.ISO_8859_1);
  }

  private static String shortName(byte[] header) {
    int end = 0;
    while (end < NAME && header[end] != 0) {
      end++;
    }
    return new String(header, 0, end, StandardCharsets.ISO_8859_1);
  }

  private static long size(byte[] header) throws MalformedInputException {
    long size = 0;
    int digits = 0;
    for (int i = SIZE; i < SIZE + SIZE_LENGTH - 1; i++, digits++) {
      if (header[i] < '0' || header[i] > '7') {
        break;
      }
      size = size * 8 + header[i] - '0';
    }
    if (digits == 0) {
      throw new MalformedInputException("expected a size in octal digits, found other bytes");
    }
    return size;
  }

  private byte[] take(int length) throws IOException {
    byte[] bytes = in.readNBytes(length);
    if (bytes.length != length) {
      throw new EOFException("the archive ends early");
    }
    return bytes;
  }

  private static boolean isZero(byte[] block) {
    for (byte b : block) {
      if (b != 0) {
        return false;
      }
    }
    return true;
  }
}
