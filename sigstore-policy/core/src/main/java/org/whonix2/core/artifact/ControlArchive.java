package org.whonix2.core.artifact;

import io.airlift.compress.zstd.ZstdInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;
import org.tukaani.xz.SingleXZInputStream;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.Quoted;
import org.whonix2.core.deb822.Deb822;

/**
 * The control member of a .deb: a tar archive, packed or not, with one file {@code control} in it.
 * What unpacks to too much, or does not end where the member ends, is refused.
 */
final class ControlArchive {
  private static final long MAX_UNPACKED = 32L << 20;
  private static final int XZ_MEMORY_KIB = 65 << 10;

  private ControlArchive() {}

  /** What the package in this member (its name tells the compression) says it is. */
  static PackageIdentity identity(String memberName, byte[] member) throws MalformedInputException {
    byte[] control;
    ByteArrayInputStream packed = new ByteArrayInputStream(member);
    // All in memory from here on: an IOException means malformed content, and so does an unchecked
    // exception, as the decompressors answer some hostile input with those.
    try (InputStream unpacked = decompress(memberName, packed)) {
      control = ControlTar.controlFile(new Bounded(unpacked, MAX_UNPACKED));
    } catch (IOException | RuntimeException e) {
      throw new MalformedInputException(
          memberName + ": expected a readable archive, found damage: " + Quoted.message(e), e);
    }
    if (packed.available() > 0) {
      throw new MalformedInputException(
          memberName + ": expected one archive, found " + packed.available() + " bytes behind it");
    }
    try {
      return PackageIdentity.of(Deb822.parseOne(utf8(control)));
    } catch (MalformedInputException e) {
      throw e.at("control");
    }
  }

  /** All but zstd stop where the first stream ends, so that what follows it is seen. */
  private static InputStream decompress(String name, InputStream packed) throws IOException {
    if (name.endsWith(".xz")) {
      return new SingleXZInputStream(packed, XZ_MEMORY_KIB);
    }
    if (name.endsWith(".gz")) {
      return new GzipCompressorInputStream(packed);
    }
    if (name.endsWith(".zst")) {
      return new ZstdInputStream(packed);
    }
    return packed;
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
