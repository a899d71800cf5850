package org.whonix2.rebuilder.git;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Writes a tar file in POSIX's format (pax(1), "ustar Interchange Format"), each content in one way
 * only: what comes out is a source's digest, so it must not change with a library. Owners are 0
 * without names; a name of more than 100 bytes stands in a pax header before its entry, and never
 * in the field {@code prefix}.
 */
final class TarWriter {
  /** The latest time that a header has room for. */
  static final long LATEST = (1L << 33) - 1;

  static final char FILE = '0';
  static final char LINK = '2';
  static final char FOLDER = '5';

  private static final char PAX = 'x';
  private static final int BLOCK = 512;
  private static final int LONGEST_NAME = 100;

  private final OutputStream out;
  private final long seconds;

  /**
   * Begins a file.
   *
   * @param seconds since 1970, of every entry
   */
  TarWriter(OutputStream out, long seconds) {
    this.out = out;
    this.seconds = seconds;
  }

  /** Writes what is before the content of an entry. */
  void begin(String name, char kind, int mode, long size, String link) throws IOException {
    byte[] nameBytes = name.getBytes(StandardCharsets.UTF_8);
    byte[] linkBytes = link.getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream records = new ByteArrayOutputStream();
    if (linkBytes.length > LONGEST_NAME) {
      record(records, "linkpath", linkBytes);
    }
    if (nameBytes.length > LONGEST_NAME) {
      record(records, "path", nameBytes);
    }
    if (records.size() > 0) {
      byte[] none = new byte[0];
      byte[] pax = "pax".getBytes(StandardCharsets.US_ASCII);
      out.write(header(pax, PAX, 0644, records.size(), none));
      records.writeTo(out);
      pad(records.size());
    }
    out.write(header(nameBytes, kind, mode, size, linkBytes));
  }

  /** Writes what is behind a content of this size. */
  void pad(long size) throws IOException {
    int over = (int) (size % BLOCK);
    if (over > 0) {
      out.write(new byte[BLOCK - over]);
    }
  }

  void end() throws IOException {
    out.write(new byte[2 * BLOCK]);
  }

  /** Its length in decimal digits counts itself. */
  private static void record(ByteArrayOutputStream records, String key, byte[] value) {
    int rest = 1 + key.length() + 1 + value.length + 1;
    int length = rest + Integer.toString(rest).length();
    if (Integer.toString(length).length() > Integer.toString(rest).length()) {
      length++;
    }
    records.writeBytes((length + " " + key + "=").getBytes(StandardCharsets.US_ASCII));
    records.writeBytes(value);
    records.write('\n');
  }

  private byte[] header(byte[] name, char kind, int mode, long size, byte[] link) {
    byte[] header = new byte[BLOCK];
    System.arraycopy(name, 0, header, 0, Math.min(LONGEST_NAME, name.length));
    octal(header, 100, 8, mode);
    octal(header, 108, 8, 0);
    octal(header, 116, 8, 0);
    octal(header, 124, 12, size);
    octal(header, 136, 12, seconds);
    header[156] = (byte) kind;
    System.arraycopy(link, 0, header, 157, Math.min(LONGEST_NAME, link.length));
    text(header, 257, "ustar\u000000");
    octal(header, 329, 8, 0);
    octal(header, 337, 8, 0);
    text(header, 148, "        ");
    int sum = 0;
    for (byte b : header) {
      sum += b & 0xff;
    }
    text(header, 148, "%06o\0 ".formatted(sum));
    return header;
  }

  /** With leading zeros and a NUL behind it. */
  private static void octal(byte[] header, int at, int length, long number) {
    String digits = Long.toOctalString(number);
    if (digits.length() >= length) {
      throw new IllegalArgumentException("expected a number that has room, found " + number);
    }
    text(header, at, "0".repeat(length - 1 - digits.length()) + digits);
  }

  private static void text(byte[] header, int at, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(bytes, 0, header, at, bytes.length);
  }
}
