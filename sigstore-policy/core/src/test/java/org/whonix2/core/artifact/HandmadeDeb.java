package org.whonix2.core.artifact;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Packages as dpkg-deb makes them, and packages as it never would. */
final class HandmadeDeb {
  static final byte[] FORMAT = member("debian-binary", ascii("2.0\n"));
  static final byte[] DATA = member("data.tar", new byte[10240]);

  private HandmadeDeb() {}

  static byte[] byDpkgDeb(Path folder, String control, String... options) throws Exception {
    Path tree = Files.createDirectories(folder.resolve("tree"));
    Files.createDirectories(tree.resolve("DEBIAN"));
    Files.writeString(tree.resolve("DEBIAN/control"), control);
    Path deb = folder.resolve("made.deb");
    List<String> command = new ArrayList<>(List.of("dpkg-deb", "--root-owner-group"));
    command.addAll(List.of(options));
    command.addAll(List.of("--build", tree.toString(), deb.toString()));
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as("exit status of %s", command).isZero();
    return Files.readAllBytes(deb);
  }

  /** The content of an ar archive's member. */
  static byte[] contentOf(byte[] ar, String name) {
    int at = 8;
    while (at < ar.length) {
      String header = new String(ar, at, 60, StandardCharsets.US_ASCII);
      int size = Integer.parseInt(header.substring(48, 58).strip());
      if (header.substring(0, 16).strip().equals(name)) {
        return Arrays.copyOfRange(ar, at + 60, at + 60 + size);
      }
      at += 60 + size + (size & 1);
    }
    throw new AssertionError("no member " + name);
  }

  /** A package with this control member. */
  static byte[] debOf(String controlName, byte[] control) {
    return ar(FORMAT, member(controlName, control), DATA);
  }

  static byte[] debWith(byte[]... tarEntries) {
    return debOf("control.tar", tar(tarEntries));
  }

  /** A tar archive: the entries and two empty blocks. */
  static byte[] tar(byte[]... entries) {
    return concat(concat(entries), new byte[1024]);
  }

  /** Content in Latin-1: a character is a byte. */
  static byte[] file(String name, String content) {
    return entry(name, '0', content);
  }

  static byte[] entry(String name, char type, String content) {
    byte[] bytes = content.getBytes(StandardCharsets.ISO_8859_1);
    return concat(
        header(name, type, bytes.length), bytes, new byte[(512 - bytes.length % 512) % 512]);
  }

  /** A header of GNU tar's kind. */
  static byte[] header(String name, char type, long size) {
    byte[] header = new byte[512];
    put(header, 0, name);
    put(header, 100, "0000644\0" + "0000000\0" + "0000000\0");
    put(header, 124, String.format("%011o\0", size) + "00000000000\0");
    header[156] = (byte) type;
    put(header, 257, "ustar  \0");
    return withChecksum(header);
  }

  static byte[] withChecksum(byte[] header) {
    put(header, 148, "        ");
    int sum = 0;
    for (byte b : header) {
      sum += b & 0xff;
    }
    put(header, 148, String.format("%06o\0 ", sum));
    return header;
  }

  static void put(byte[] header, int at, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    System.arraycopy(bytes, 0, header, at, bytes.length);
  }

  static byte[] member(String name, byte[] content) {
    String header =
        String.format("%-16s%-12d%-6d%-6d%-8s%-10d`\n", name, 0, 0, 0, "100644", content.length);
    return concat(ascii(header), content, ascii(content.length % 2 == 1 ? "\n" : ""));
  }

  static byte[] ar(byte[]... members) {
    return concat(ascii("!<arch>\n"), concat(members));
  }

  static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  static byte[] concat(byte[]... parts) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      for (byte[] part : parts) {
        bytes.write(part);
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    return bytes.toByteArray();
  }
}
