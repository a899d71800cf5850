package org.whonix2.rebuilder.process;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * A log on disk whose end can be shown. It may hold whatever a hostile build prints: the end comes
 * back with control characters made visible, so that it cannot write to a terminal as it likes.
 */
public final class LogFile extends OutputStream {
  private static final int TAIL_BYTES = 16_384;
  private static final int LONGEST_LINE = 300;

  private final OutputStream file;
  private final byte[] ring = new byte[TAIL_BYTES];
  private long written;

  /** Starts an empty log. */
  public LogFile(Path file) throws IOException {
    this.file = new BufferedOutputStream(Files.newOutputStream(file));
  }

  /** A line of our own between the programs' output. */
  public void line(String text) throws IOException {
    write((text + "\n").getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public synchronized void write(int b) throws IOException {
    file.write(b);
    ring[(int) (written++ % TAIL_BYTES)] = (byte) b;
  }

  @Override
  public synchronized void write(byte[] bytes, int offset, int length) throws IOException {
    file.write(bytes, offset, length);
    for (int i = 0; i < length; i++) {
      ring[(int) (written++ % TAIL_BYTES)] = bytes[offset + i];
    }
  }

  @Override
  public void flush() throws IOException {
    file.flush();
  }

  @Override
  public void close() throws IOException {
    file.close();
  }

  /** The last lines, each cut to a bearable length and free of control characters. */
  public synchronized List<String> tail(int lines) {
    int length = (int) Math.min(written, TAIL_BYTES);
    byte[] tail = new byte[length];
    for (int i = 0; i < length; i++) {
      tail[i] = ring[(int) ((written - length + i) % TAIL_BYTES)];
    }
    List<String> all = Arrays.asList(new String(tail, StandardCharsets.UTF_8).split("\n"));
    return all.subList(Math.max(0, all.size() - lines), all.size()).stream()
        .map(LogFile::printable)
        .toList();
  }

  private static String printable(String line) {
    StringBuilder out = new StringBuilder();
    line.codePoints()
        .limit(LONGEST_LINE)
        .map(c -> c == '\t' ? ' ' : c)
        .forEach(c -> out.appendCodePoint(isPrintable(c) ? c : '\ufffd'));
    return out.toString();
  }

  private static boolean isPrintable(int c) {
    return !Character.isISOControl(c)
        && Character.getType(c) != Character.FORMAT
        && Character.getType(c) != Character.SURROGATE
        && Character.getType(c) != Character.LINE_SEPARATOR
        && Character.getType(c) != Character.PARAGRAPH_SEPARATOR;
  }
}
