package org.whonix2.rebuilder.input;

import io.airlift.compress.zstd.ZstdInputStream;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.commons.compress.archivers.ar.ArArchiveEntry;
import org.apache.commons.compress.archivers.ar.ArArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;
import org.tukaani.xz.XZInputStream;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.Quoted;

/**
 * Looks at the files in a .deb whose digest is verified already, without unpacking it: nothing of
 * it is written, followed or run.
 */
final class DebContent {
  private static final int MOST_ENTRIES = 200_000;
  private static final long MOST_BYTES = 4L << 30;
  private static final int XZ_MEMORY_KIB = 128 << 10;

  private DebContent() {}

  /** Takes plain files as they come. */
  interface Visitor {
    /**
     * Takes one.
     *
     * @param name without {@code ./} at its start
     * @param content of it alone; need not be read
     */
    void visit(String name, long size, InputStream content)
        throws IOException, MalformedInputException;
  }

  /**
   * Shows every plain file.
   *
   * @throws MalformedInputException if it is no .deb, or too large
   */
  static void visit(Path deb, Visitor visitor) throws IOException, MalformedInputException {
    try (InputStream file = new BufferedInputStream(Files.newInputStream(deb), 1 << 16);
        ArArchiveInputStream ar = new ArArchiveInputStream(file)) {
      for (ArArchiveEntry member = ar.getNextEntry(); member != null; member = ar.getNextEntry()) {
        if (member.getName().startsWith("data.tar")) {
          walk(new Bounded(unpacked(member.getName(), ar)), visitor);
          return;
        }
      }
      throw new MalformedInputException("expected a member data.tar, found none");
    } catch (IOException | RuntimeException | StackOverflowError e) {
      // The libraries answer damage with all of these.
      throw new MalformedInputException(
          deb.getFileName() + ": expected a readable package: " + Quoted.message(e), e);
    }
  }

  private static InputStream unpacked(String name, InputStream in)
      throws IOException, MalformedInputException {
    return switch (name) {
      case "data.tar" -> in;
      case "data.tar.gz" -> new GzipCompressorInputStream(in);
      case "data.tar.xz" -> new XZInputStream(in, XZ_MEMORY_KIB);
      case "data.tar.zst" -> new ZstdInputStream(in);
      default -> throw new MalformedInputException("expected data.tar, found " + Quoted.of(name));
    };
  }

  private static void walk(InputStream unpacked, Visitor visitor)
      throws IOException, MalformedInputException {
    TarArchiveInputStream tar = new TarArchiveInputStream(unpacked, "UTF-8");
    int entries = 0;
    for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
      if (++entries > MOST_ENTRIES) {
        throw new MalformedInputException(
            "expected at most " + MOST_ENTRIES + " files, found more");
      }
      byte kind = entry.getLinkFlag();
      // isFile() is true of links and devices, too.
      if (kind == TarConstants.LF_NORMAL || kind == TarConstants.LF_OLDNORM) {
        String name = entry.getName();
        visitor.visit(name.startsWith("./") ? name.substring(2) : name, entry.getSize(), tar);
      }
    }
  }

  /** Ends with an error where more comes out than a package may have. */
  private static final class Bounded extends InputStream {
    private final InputStream in;
    private long left = MOST_BYTES;

    Bounded(InputStream in) {
      this.in = in;
    }

    @Override
    public int read() throws IOException {
      int b = in.read();
      count(b < 0 ? 0 : 1);
      return b;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      int read = in.read(buffer, offset, length);
      count(Math.max(read, 0));
      return read;
    }

    private void count(int read) throws IOException {
      left -= read;
      if (left < 0) {
        throw new IOException("more than " + MOST_BYTES + " bytes unpacked");
      }
    }
  }
}
