package org.whonix2.core.artifact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.whonix2.core.artifact.HandmadeDeb.ascii;
import static org.whonix2.core.artifact.HandmadeDeb.concat;
import static org.whonix2.core.artifact.HandmadeDeb.debOf;
import static org.whonix2.core.artifact.HandmadeDeb.header;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.zip.CRC32;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;
import org.whonix2.core.MalformedInputException;

/** Kilobytes that unpack to gigabytes: an error, after little time and little memory. */
class DebBombTest {
  private static final long MEMORY = 160L << 20;
  private static final Duration TIME = Duration.ofSeconds(20);
  private static final int LARGE = 256 << 20;

  /** A file beside control that says it has 8 GiB less one byte. */
  private static final byte[] HUGE_FILE = header("./md5sums", '0', 0_77777777777L);

  private static final byte[] ENDED =
      HandmadeDeb.tar(HandmadeDeb.file("./control", "Package: a\n"));

  @TempDir private Path folder;

  @Test
  void gzip() throws Exception {
    for (byte[] start : new byte[][] {HUGE_FILE, ENDED}) {
      ByteArrayOutputStream packed = new ByteArrayOutputStream();
      try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
        fill(out, start);
      }
      assertDefused("control.tar.gz", packed.toByteArray(), "more than 33554432 bytes unpacked");
    }
  }

  @Test
  void xz() throws Exception {
    for (byte[] start : new byte[][] {HUGE_FILE, ENDED}) {
      ByteArrayOutputStream packed = new ByteArrayOutputStream();
      try (XZOutputStream out = new XZOutputStream(packed, new LZMA2Options(0))) {
        fill(out, start);
      }
      assertDefused("control.tar.xz", packed.toByteArray(), "more than 33554432 bytes unpacked");
    }
  }

  /** Blocks that repeat one byte: four bytes unpack to 128 KiB, 128 KiB to 4 GiB. */
  @Test
  void zstd() throws Exception {
    for (byte[] start : new byte[][] {HUGE_FILE, ENDED}) {
      byte[] packed = zstdBomb(start);
      assertThat(packed.length).isLessThan(140 << 10);
      assertDefused("control.tar.zst", packed, "more than 33554432 bytes unpacked");
    }
  }

  private static byte[] zstdBomb(byte[] start) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    // Magic number, no flags, a window of 128 KiB; then blocks: last (1 bit), type (2), size (21).
    packed.write(new byte[] {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd, 0, 7 << 3});
    int raw = start.length << 3;
    packed.write(new byte[] {(byte) raw, (byte) (raw >> 8), (byte) (raw >> 16)});
    packed.write(start);
    int repeat = (128 << 10) << 3 | 1 << 1;
    for (int i = 0; i < 32 << 10; i++) {
      packed.write(new byte[] {(byte) repeat, (byte) (repeat >> 8), (byte) (repeat >> 16), 0});
    }
    return packed.toByteArray();
  }

  /** 1.5 GiB that an xz header asks for before there is any content. */
  @Test
  void xzDictionary() throws Exception {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (XZOutputStream out = new XZOutputStream(packed, new LZMA2Options(0))) {
      out.write(ENDED);
    }
    byte[] bomb = packed.toByteArray();
    int length = (bomb[12] + 1) * 4; // of the block header, with its CRC-32 in the last 4 bytes
    assertThat(bomb[14]).isEqualTo((byte) 0x21); // LZMA2, with one byte of properties
    bomb[16] = 37; // a dictionary of 1.5 GiB, the most that the library knows
    CRC32 crc = new CRC32();
    crc.update(bomb, 12, length - 4);
    ByteBuffer.wrap(bomb)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(12 + length - 4, (int) crc.getValue());
    assertDefused("control.tar.xz", bomb, "memory");
  }

  /** Headers that describe the next header, 60,000 deep: a reader that recurses dies of them. */
  @ParameterizedTest
  @ValueSource(chars = {'x', 'g', 'L', 'K'})
  void chainOfHeaders(char type) throws Exception {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
      for (int i = 0; i < 60_000; i++) {
        out.write(header("./control", type, 0));
      }
    }
    assertThat(packed.size()).isLessThan(200 << 10);
    assertDefused("control.tar.gz", packed.toByteArray(), "plain files");
  }

  @Test
  void manyEntries() throws Exception {
    byte[] entry = header("./a", '0', 0);
    ByteArrayOutputStream tar = new ByteArrayOutputStream();
    for (int i = 0; i < 10_001; i++) {
      tar.write(entry);
    }
    assertDefused("control.tar", tar.toByteArray(), "at most 10000 entries");
  }

  @Test
  void memberLargerThanAllowed() throws Exception {
    byte[] header = ascii(String.format("%-48s%-10d`\n", "control.tar", 9_999_999_999L));
    byte[] deb = concat(ascii("!<arch>\n"), HandmadeDeb.FORMAT, header);
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> DebFile.read(new ByteArrayInputStream(deb)))
        .withMessageContaining("at most 16777216 bytes");
  }

  /** The data is dpkg's to unpack; here it is only hashed. */
  @Test
  void aBombInTheDataIsNeverUnpacked() throws Exception {
    byte[] made =
        HandmadeDeb.byDpkgDeb(
            folder,
            "Package: hello\nVersion: 1\nArchitecture: all\nMaintainer: n <n@e>\nDescription: d\n");
    byte[] control = HandmadeDeb.contentOf(made, "control.tar.xz");
    byte[] deb =
        HandmadeDeb.ar(
            HandmadeDeb.FORMAT,
            HandmadeDeb.member("control.tar.xz", control),
            HandmadeDeb.member("data.tar.zst", zstdBomb(HUGE_FILE)));
    long before = allocated();
    assertTimeout(TIME, () -> DebFile.read(new ByteArrayInputStream(deb)));
    assertThat(allocated() - before).isLessThan(MEMORY);
  }

  private static void fill(OutputStream out, byte[] start) throws IOException {
    out.write(start);
    byte[] zeros = new byte[1 << 20];
    for (int i = 0; i < LARGE >> 20; i++) {
      out.write(zeros);
    }
  }

  private static void assertDefused(String name, byte[] control, String complaint) {
    byte[] deb = debOf(name, control);
    long before = allocated();
    assertTimeout(
        TIME,
        () ->
            assertThatExceptionOfType(MalformedInputException.class)
                .isThrownBy(() -> DebFile.read(new ByteArrayInputStream(deb)))
                .withMessageContaining(complaint));
    // Everything this thread ever allocated meanwhile: more than it held at any time.
    assertThat(allocated() - before).as("bytes allocated").isLessThan(MEMORY);
  }

  private static long allocated() {
    var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    return threads.getThreadAllocatedBytes(Thread.currentThread().getId());
  }
}
