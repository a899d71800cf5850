package org.whonix2.core.snapshot;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.deb822.Deb822;

/**
 * Reads an archive's Packages file paragraph by paragraph, in the memory of one paragraph. An empty
 * line ends a paragraph; one of blanks, which readers differ in, must not stand between fields.
 */
final class PackagesFile {
  private static final int MAX_PARAGRAPH = 1 << 20;
  private static final long MAX_BYTES = 512L << 20;

  private final InputStream in;
  private final ByteArrayOutputStream paragraph = new ByteArrayOutputStream();
  private long read;
  private long line = 1;
  private long firstLine = 1;

  private PackagesFile(InputStream in) {
    this.in = in;
  }

  /** Adds the file's artifacts to the list, at most as many as a list may have. */
  static void readInto(InputStream in, List<ListEntry> entries)
      throws IOException, MalformedInputException {
    new PackagesFile(in).readInto(entries);
  }

  private void readInto(List<ListEntry> entries) throws IOException, MalformedInputException {
    byte[] buffer = new byte[1 << 16];
    boolean lineIsEmpty = true;
    for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
      read += length;
      if (read > MAX_BYTES) {
        throw new MalformedInputException("expected at most " + MAX_BYTES + " bytes, found more");
      }
      int start = 0; // of what is not yet in the paragraph
      for (int i = 0; i < length; i++) {
        if (buffer[i] != '\n') {
          lineIsEmpty = false;
          continue;
        }
        line++;
        append(buffer, start, i + 1);
        start = i + 1;
        if (lineIsEmpty) {
          finish(entries);
        }
        lineIsEmpty = true;
      }
      append(buffer, start, length);
    }
    finish(entries);
  }

  private void append(byte[] buffer, int start, int end) throws MalformedInputException {
    if (paragraph.size() + (end - start) > MAX_PARAGRAPH) {
      throw new MalformedInputException(
          "line " + line + ": expected a paragraph of at most " + MAX_PARAGRAPH + " bytes");
    }
    paragraph.write(buffer, start, end - start);
  }

  private void finish(List<ListEntry> entries) throws MalformedInputException {
    String text = utf8();
    if (!text.isEmpty() && !text.equals("\n")) {
      if (entries.size() >= CanonicalList.MAX_ENTRIES) {
        throw new MalformedInputException(
            "expected at most " + CanonicalList.MAX_ENTRIES + " packages, found more");
      }
      try {
        entries.add(ListEntry.of(Deb822.parseOne(text)));
      } catch (MalformedInputException e) {
        throw e.at("paragraph from line " + firstLine);
      }
    }
    paragraph.reset();
    firstLine = line;
  }

  private String utf8() throws MalformedInputException {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(paragraph.toByteArray()))
          .toString();
    } catch (CharacterCodingException e) {
      throw new MalformedInputException(
          "paragraph from line " + firstLine + ": expected UTF-8, found other bytes", e);
    }
  }
}
