package org.whonix2.core.artifact;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.Quoted;

/**
 * The tar archive inside a control member, read for its one file {@code control} (POSIX ustar and
 * GNU tar, as dpkg-deb writes them). Plain files and folders with names of at most 100 bytes are
 * all that a control archive has; links, devices, sparse files, long names and extended headers are
 * refused, since readers differ in what they mean.
 */
final class ControlTar {
  private static final int BLOCK = 512;
  private static final int MAX_CONTROL_FILE = 1 << 20;
  private static final int MAX_ENTRIES = 10_000;

  private final InputStream in;

  private ControlTar(InputStream in) {
    this.in = in;
  }

  /** The content of the file control. Reads to the end of the stream. */
  static byte[] controlFile(InputStream tar) throws IOException, MalformedInputException {
    return new ControlTar(tar).controlFile();
  }

  private byte[] controlFile() throws IOException, MalformedInputException {
    byte @Nullable [] control = null;
    int entries = 0;
    for (byte[] header = block(); !isZero(header); header = block()) {
      if (++entries > MAX_ENTRIES) {
        throw malformed("expected at most " + MAX_ENTRIES + " entries, found more");
      }
      Entry entry = entry(header);
      if (!entry.name.equals("control")) {
        in.skipNBytes(entry.paddedSize());
      } else if (entry.folder || entry.size > MAX_CONTROL_FILE) {
        throw malformed("expected control to be a file of at most " + MAX_CONTROL_FILE + " bytes");
      } else if (control != null) {
        throw malformed("expected one file control, found two");
      } else {
        control = content(entry);
      }
    }
    end();
    if (control == null) {
      throw malformed("expected a file control, found none");
    }
    return control;
  }

  /** The first of two empty blocks has been read; after the second there is only padding. */
  private void end() throws IOException, MalformedInputException {
    boolean zero = isZero(block());
    byte[] padding = new byte[1 << 13];
    for (int read = in.read(padding); zero && read >= 0; read = in.read(padding)) {
      for (int i = 0; i < read; i++) {
        zero &= padding[i] == 0;
      }
    }
    if (!zero) {
      throw malformed("expected only zeros after its end, found more");
    }
  }

  private record Entry(String name, boolean folder, long size) {
    long paddedSize() {
      return (size + BLOCK - 1) / BLOCK * BLOCK;
    }
  }

  /** Fields: name 100 bytes, size 12 at 124, checksum 8 at 148, type 1 at 156, magic 6 at 257. */
  private static Entry entry(byte[] header) throws MalformedInputException {
    long sum = 0;
    for (int i = 0; i < BLOCK; i++) {
      sum += i >= 148 && i < 156 ? ' ' : header[i] & 0xff;
    }
    if (octal(header, 148, 8) != sum) {
      throw malformed("expected a header with its checksum, found another");
    }
    String name = text(header, 0, 100);
    boolean posix = text(header, 257, 6).equals("ustar");
    boolean prefixed = posix && header[345] != 0;
    char type = (char) (header[156] & 0xff);
    boolean file = type == '0' || type == 0;
    String plain = plainName(name, type == '5');
    if (prefixed || !(file || type == '5') || plain == null) {
      throw malformed(
          "expected plain files and folders inside it, found "
              + Quoted.of(name)
              + " of type "
              + Quoted.of(String.valueOf(type)));
    }
    long size = octal(header, 124, 12);
    if (type == '5' && size != 0) {
      throw malformed("expected a folder without content, found " + size + " bytes");
    }
    return new Entry(plain, type == '5', size);
  }

  /**
   * The name without the "./" that it may begin with, and without the slash that a folder's may end
   * with; nothing where it is not the one plain way to write where it leads.
   */
  private static @Nullable String plainName(String name, boolean folder) {
    String plain = name.startsWith("./") ? name.substring(2) : name;
    if (folder && plain.endsWith("/")) {
      plain = plain.substring(0, plain.length() - 1);
    }
    if (folder && (plain.isEmpty() || plain.equals("."))) {
      return "."; // the archive's own folder
    }
    for (String step : plain.split("/", -1)) {
      if (step.isEmpty() || step.equals(".") || step.equals("..")) {
        return null;
      }
    }
    return plain;
  }

  /** Up to the first NUL or the field's end; a byte is a character. */
  private static String text(byte[] header, int start, int length) {
    int end = start;
    while (end < start + length && header[end] != 0) {
      end++;
    }
    return new String(header, start, end - start, StandardCharsets.ISO_8859_1);
  }

  /** Octal digits, then NULs and spaces; GNU's binary sizes are for files beyond 8 GiB. */
  private static long octal(byte[] header, int start, int length) throws MalformedInputException {
    int digits = 0;
    long value = 0;
    while (digits < length && header[start + digits] >= '0' && header[start + digits] <= '7') {
      value = value * 8 + (header[start + digits] - '0');
      digits++;
    }
    boolean ended = true;
    for (int i = digits; i < length; i++) {
      ended &= header[start + i] == 0 || header[start + i] == ' ';
    }
    if (digits == 0 || !ended) {
      throw malformed("expected a number in octal digits in a header, found other bytes");
    }
    return value;
  }

  private byte[] content(Entry entry) throws IOException {
    byte[] content = in.readNBytes((int) entry.size);
    if (content.length != entry.size) {
      throw new EOFException("control ends early");
    }
    in.skipNBytes(entry.paddedSize() - entry.size);
    return content;
  }

  private byte[] block() throws IOException {
    byte[] block = in.readNBytes(BLOCK);
    if (block.length != BLOCK) {
      throw new EOFException("the tar archive ends early");
    }
    return block;
  }

  private static boolean isZero(byte[] block) {
    for (byte b : block) {
      if (b != 0) {
        return false;
      }
    }
    return true;
  }

  private static MalformedInputException malformed(String message) {
    return new MalformedInputException("control.tar: " + message);
  }
}
