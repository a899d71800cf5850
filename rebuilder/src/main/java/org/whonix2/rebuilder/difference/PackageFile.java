package org.whonix2.rebuilder.difference;

import io.airlift.compress.zstd.ZstdInputStream;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;
import org.jspecify.annotations.Nullable;
import org.tukaani.xz.XZInputStream;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.artifact.BinaryArtifact;
import org.whonix2.core.artifact.DebFile;

/** A .deb whose form has been checked, opened for what its two archives hold. */
final class PackageFile implements AutoCloseable {
  private static final int AR_MAGIC = 8;
  private static final int AR_HEADER = 60;
  private static final int FORMAT = 4;
  private static final int XZ_MEMORY_KIB = 130 << 10;

  private final InputStream in;
  private final String name;
  private @Nullable Member current;

  private PackageFile(InputStream in, String name) {
    this.in = in;
    this.name = name;
  }

  /** Reads it once for its form and opens it. */
  static PackageFile open(Path file) throws IOException, MalformedInputException {
    BinaryArtifact artifact;
    try (InputStream whole = new BufferedInputStream(Files.newInputStream(file))) {
      artifact = DebFile.read(whole);
    }
    InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
    try {
      in.skipNBytes(AR_MAGIC + AR_HEADER + FORMAT);
      return new PackageFile(in, artifact.identity().name().toString());
    } catch (IOException e) {
      in.close();
      throw e;
    }
  }

  /** The package's name, from its control data. */
  String name() {
    return name;
  }

  /** The control archive at first, the files' archive then, unpacked. */
  TarEntries nextArchive() throws IOException {
    if (current != null) {
      current.skipRest();
    }
    Member member = Member.of(in.readNBytes(AR_HEADER), in);
    current = member;
    return new TarEntries(member.unpacked());
  }

  /** One member of the ar archive. */
  private static final class Member extends InputStream {
    private final InputStream in;
    private final String compression;
    private long left;

    private final boolean padded;

    private Member(InputStream in, String compression, long size) {
      this.in = in;
      this.compression = compression;
      this.left = size;
      this.padded = size % 2 == 1;
    }

    void skipRest() throws IOException {
      in.skipNBytes(left + (padded ? 1 : 0));
      left = 0;
    }

    /** The header's form was checked when the file was opened. */
    static Member of(byte[] header, InputStream in) {
      String text = new String(header, StandardCharsets.ISO_8859_1);
      String name = text.substring(0, 16).strip().replace("/", "");
      return new Member(
          in,
          name.substring(name.lastIndexOf('.') + 1),
          Long.parseLong(text.substring(48, 58).strip()));
    }

    InputStream unpacked() throws IOException {
      return switch (compression) {
        case "xz" -> new XZInputStream(this, XZ_MEMORY_KIB);
        case "gz" -> new GzipCompressorInputStream(this);
        case "zst" -> new ZstdInputStream(this);
        default -> this;
      };
    }

    @Override
    public int read() throws IOException {
      if (left == 0) {
        return -1;
      }
      left--;
      return in.read();
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      if (left == 0) {
        return -1;
      }
      int read = in.read(buffer, offset, (int) Math.min(length, left));
      left -= Math.max(read, 0);
      return read;
    }
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
