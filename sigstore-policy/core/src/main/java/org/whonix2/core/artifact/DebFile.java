package org.whonix2.core.artifact;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import org.apache.commons.codec.digest.DigestUtils;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.Quoted;
import org.whonix2.core.digest.Sha256;

/**
 * Reads a .deb (deb(5), format 2.0) once from start to end: the digest of all its bytes and the
 * identity its control data states come from the same pass. Uses constant memory besides the
 * control member.
 */
public final class DebFile {
  /** The largest file that is read, 4 GiB less one byte; the ar header could say more. */
  public static final long MAX_SIZE = 0xffff_ffffL;

  private static final byte[] AR_MAGIC = "!<arch>\n".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] FORMAT = "2.0\n".getBytes(StandardCharsets.US_ASCII);
  private static final int MAX_CONTROL_MEMBER = 16 << 20;

  private final InputStream in;
  private final MessageDigest sha256 = DigestUtils.getSha256Digest();
  private long position;

  private DebFile(InputStream in) {
    this.in = in;
  }

  /**
   * Reads a package to the end of the stream.
   *
   * @throws IOException if the stream itself fails
   * @throws MalformedInputException if it is not such a package
   */
  public static BinaryArtifact read(InputStream in) throws IOException, MalformedInputException {
    return new DebFile(in).read();
  }

  private BinaryArtifact read() throws IOException, MalformedInputException {
    if (!Arrays.equals(take(AR_MAGIC.length), AR_MAGIC)) {
      throw malformed("expected a Debian package (an ar archive), found something else");
    }
    Member format = header("debian-binary");
    if (!format.name.equals("debian-binary") || format.size != FORMAT.length) {
      throw malformed("expected the member debian-binary of 4 bytes, found " + format);
    }
    if (!Arrays.equals(body(format, FORMAT.length), FORMAT)) {
      throw malformed("expected package format 2.0, found another");
    }
    Member control = header("control.tar");
    if (!isTar(control.name, "control.tar")) {
      throw malformed("expected the member control.tar, .gz, .xz or .zst, found " + control);
    }
    PackageIdentity identity =
        ControlArchive.identity(control.name, body(control, MAX_CONTROL_MEMBER));
    Member data = header("data.tar");
    if (!isTar(data.name, "data.tar") && !data.name.equals("data.tar.bz2")) {
      throw malformed("expected the member data.tar and its compression, found " + data);
    }
    skip(data.size + (data.size & 1));
    if (in.read() != -1) {
      throw malformed("expected the end of the package after data.tar, found more bytes");
    }
    return new BinaryArtifact(identity, Sha256.finish(sha256), position);
  }

  private record Member(String name, long size) {
    @Override
    public String toString() {
      return Quoted.of(name) + " of " + size + " bytes";
    }
  }

  /** One ar header of 60 bytes: name 16, time 12, owner 6, group 6, mode 8, size 10, magic 2. */
  private Member header(String expected) throws IOException, MalformedInputException {
    byte[] header = take(60);
    if (header[58] != '`' || header[59] != '\n') {
      throw malformed("expected an ar header for " + expected + ", found other bytes");
    }
    String name = field(header, 0, 16);
    if (name.endsWith("/")) {
      name = name.substring(0, name.length() - 1);
    }
    String size = field(header, 48, 10);
    if (!size.matches("[0-9]{1,10}")) {
      throw malformed("expected a size in digits in an ar header, found " + Quoted.of(size));
    }
    return new Member(name, Long.parseLong(size));
  }

  /** Without the spaces that fill it up; any other blank is part of it. */
  private static String field(byte[] header, int start, int length) {
    int end = start + length;
    while (end > start && header[end - 1] == ' ') {
      end--;
    }
    return new String(header, start, end - start, StandardCharsets.ISO_8859_1);
  }

  private static boolean isTar(String name, String stem) {
    return name.equals(stem)
        || name.equals(stem + ".gz")
        || name.equals(stem + ".xz")
        || name.equals(stem + ".zst");
  }

  private byte[] body(Member member, int limit) throws IOException, MalformedInputException {
    if (member.size > limit) {
      throw malformed("expected at most " + limit + " bytes, found " + member);
    }
    byte[] body = take((int) member.size);
    skip(member.size & 1);
    return body;
  }

  private byte[] take(int length) throws IOException, MalformedInputException {
    byte[] bytes = in.readNBytes(length);
    advance(bytes, bytes.length);
    if (bytes.length < length) {
      throw malformed("expected " + length + " more bytes, found the end of the file");
    }
    return bytes;
  }

  private void skip(long length) throws IOException, MalformedInputException {
    byte[] buffer = new byte[1 << 16];
    long left = length;
    while (left > 0) {
      int read = in.read(buffer, 0, (int) Math.min(left, buffer.length));
      if (read < 0) {
        throw malformed("expected " + left + " more bytes, found the end of the file");
      }
      advance(buffer, read);
      left -= read;
    }
  }

  private void advance(byte[] bytes, int length) throws MalformedInputException {
    sha256.update(bytes, 0, length);
    position += length;
    if (position > MAX_SIZE) {
      throw malformed("expected at most " + MAX_SIZE + " bytes");
    }
  }

  private MalformedInputException malformed(String message) {
    return new MalformedInputException("byte " + position + ": " + message);
  }
}
