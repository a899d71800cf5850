package org.whonix2.core.artifact;

import io.airlift.compress.zstd.ZstdInputStream;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.jspecify.annotations.Nullable;
import org.tukaani.xz.XZInputStream;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.Quoted;
import org.whonix2.core.deb822.Deb822;

/**
 * The control member of a .deb: a tar archive, packed or not, with one file {@code control} in it.
 * What unpacks to too much, leads out of its folder or is anything but a plain file or folder is
 * refused.
 */
final class ControlArchive {
  private static final long MAX_UNPACKED = 32L << 20;
  private static final int MAX_CONTROL_FILE = 1 << 20;
  private static final int MAX_ENTRIES = 10_000;
  private static final int XZ_MEMORY_KIB = 65 << 10;

  private ControlArchive() {}

  /** What the package in this member (its name tells the compression) says it is. */
  static PackageIdentity identity(String memberName, byte[] member) throws MalformedInputException {
    // All in memory from here on: an IOException means malformed content, and so does an unchecked
    // exception, as the decompressors answer some hostile input with those.
    try (InputStream unpacked = decompress(memberName, new ByteArrayInputStream(member))) {
      return identity(new TarArchiveInputStream(new Bounded(unpacked, MAX_UNPACKED)));
    } catch (IOException | RuntimeException e) {
      throw new MalformedInputException(
          memberName + ": expected a readable archive, found damage: " + Quoted.message(e), e);
    }
  }

  private static InputStream decompress(String name, InputStream packed) throws IOException {
    if (name.endsWith(".xz")) {
      return new XZInputStream(packed, XZ_MEMORY_KIB);
    }
    if (name.endsWith(".gz")) {
      return new GZIPInputStream(packed);
    }
    if (name.endsWith(".zst")) {
      return new ZstdInputStream(packed);
    }
    return packed;
  }

  private static PackageIdentity identity(TarArchiveInputStream tar)
      throws IOException, MalformedInputException {
    byte @Nullable [] control = null;
    int entries = 0;
    for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
      if (++entries > MAX_ENTRIES) {
        throw new MalformedInputException(
            "control.tar: expected at most " + MAX_ENTRIES + " entries, found more");
      }
      String name = plainName(entry);
      if (name.equals("control")) {
        if (control != null) {
          throw new MalformedInputException("control.tar: expected one file control, found two");
        }
        control = controlFile(tar, entry);
      }
    }
    if (control == null) {
      throw new MalformedInputException("control.tar: expected a file control, found none");
    }
    try {
      return PackageIdentity.of(Deb822.parseOne(utf8(control)));
    } catch (MalformedInputException e) {
      throw e.at("control");
    }
  }

  /** The entry's name without a leading "./"; a name that leads elsewhere is an error. */
  private static String plainName(TarArchiveEntry entry) throws MalformedInputException {
    String name = entry.getName();
    while (name.startsWith("./")) {
      name = name.substring(2);
    }
    boolean leadsOut = name.startsWith("/") || Arrays.asList(name.split("/", -1)).contains("..");
    if (leadsOut || name.indexOf('\0') >= 0 || !(isPlainFile(entry) || entry.isDirectory())) {
      throw new MalformedInputException(
          "control.tar: expected plain files and folders inside it, found "
              + Quoted.of(entry.getName()));
    }
    return name;
  }

  /** By the type flag itself: TarArchiveEntry.isFile() says true of links and devices. */
  private static boolean isPlainFile(TarArchiveEntry entry) {
    return entry.getLinkFlag() == TarConstants.LF_NORMAL
        || entry.getLinkFlag() == TarConstants.LF_OLDNORM;
  }

  private static byte[] controlFile(TarArchiveInputStream tar, TarArchiveEntry entry)
      throws IOException, MalformedInputException {
    if (!isPlainFile(entry) || entry.getSize() > MAX_CONTROL_FILE) {
      throw new MalformedInputException(
          "control.tar: expected control to be a file of at most " + MAX_CONTROL_FILE + " bytes");
    }
    byte[] content = tar.readNBytes(MAX_CONTROL_FILE);
    if (content.length != entry.getSize()) {
      throw new EOFException("control ends early");
    }
    return content;
  }

  private static String utf8(byte[] bytes) throws MalformedInputException {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new MalformedInputException("expected UTF-8", e);
    }
  }

  /** Ends with an error where more comes out than allowed: a decompression bomb. */
  private static final class Bounded extends InputStream {
    private final InputStream in;
    private long left;

    Bounded(InputStream in, long limit) {
      this.in = in;
      this.left = limit;
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
        throw new IOException("more than " + MAX_UNPACKED + " bytes unpacked");
      }
    }
  }
}
