package org.whonix2.core.artifact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.digest.Sha256;

class DebFileTest {
  private static final String CONTROL =
      "Package: hello\nVersion: 1:2.10-3\nArchitecture: amd64\nMaintainer: n <n@e>\nDescription: d\n";

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"none", "gzip", "xz", "zstd"})
  void readsWhatDpkgDebBuilds(String compression) throws Exception {
    byte[] deb = dpkgDeb(CONTROL, compression);

    BinaryArtifact artifact = read(deb);

    assertThat(artifact.identity()).hasToString("hello 1:2.10-3 amd64");
    assertThat(artifact.identity().fileName()).isEqualTo("hello_2.10-3_amd64.deb");
    assertThat(artifact.digest()).isEqualTo(Sha256.of(deb));
    assertThat(artifact.size()).isEqualTo(deb.length);
  }

  @Test
  void everyTruncationIsRefused() throws Exception {
    byte[] deb = dpkgDeb(CONTROL, "xz");
    for (int length = 0; length < deb.length; length++) {
      byte[] cut = Arrays.copyOf(deb, length);
      assertRefused(cut, "");
    }
  }

  @Test
  void everyChangedByteIsAnotherDigestOrRefused() throws Exception {
    byte[] deb = dpkgDeb(CONTROL, "gzip");
    Sha256 digest = Sha256.of(deb);
    for (int at = 0; at < deb.length; at++) {
      byte[] changed = deb.clone();
      changed[at] ^= 1;
      try {
        assertThat(read(changed).digest()).as("byte %d", at).isNotEqualTo(digest);
      } catch (MalformedInputException e) {
        assertThat(e).hasMessageMatching("(?s)(byte \\d+|control).*");
      }
    }
  }

  @Test
  void bytesBehindTheEndAreRefused() throws Exception {
    byte[] deb = dpkgDeb(CONTROL, "xz");
    assertRefused(Arrays.copyOf(deb, deb.length + 1), "expected the end of the package");
  }

  @Test
  void twoControlMembersAreRefused() throws Exception {
    byte[] control = controlTar(List.of(file("./control", CONTROL)));
    byte[] deb =
        ar(
            member("debian-binary", "2.0\n".getBytes(StandardCharsets.US_ASCII)),
            member("control.tar", control),
            member("control.tar", control),
            member("data.tar", new byte[10240]));
    assertRefused(deb, "expected the member data.tar");
  }

  @Test
  void membersInAnotherOrderAreRefused() throws Exception {
    byte[] control = controlTar(List.of(file("./control", CONTROL)));
    byte[] deb =
        ar(
            member("debian-binary", "2.0\n".getBytes(StandardCharsets.US_ASCII)),
            member("data.tar", new byte[10240]),
            member("control.tar", control));
    assertRefused(deb, "expected the member control.tar");
  }

  @Test
  void controlTwiceIsRefused() throws Exception {
    assertRefused(
        debWith(file("./control", CONTROL), file("control", CONTROL)), "one file control");
  }

  @ParameterizedTest
  @ValueSource(strings = {"../control", "./a/../../control", "/control"})
  void namesThatLeadOutAreRefused(String name) throws Exception {
    assertRefused(debWith(file("./control", CONTROL), file(name, CONTROL)), "plain files");
  }

  @Test
  void aLinkInsteadOfControlIsRefused() throws Exception {
    TarArchiveEntry link = new TarArchiveEntry("./control", TarConstants.LF_SYMLINK);
    link.setLinkName("/etc/passwd");
    assertRefused(debWith(new Entry(link, "")), "plain files");
  }

  @Test
  void aBombIsRefused() throws Exception {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (var gzip = new java.util.zip.GZIPOutputStream(packed);
        TarArchiveOutputStream tar = new TarArchiveOutputStream(gzip)) {
      TarArchiveEntry entry = new TarArchiveEntry("./md5sums");
      entry.setSize(200L << 20);
      tar.putArchiveEntry(entry);
      byte[] block = new byte[1 << 20];
      for (int i = 0; i < 200; i++) {
        tar.write(block);
      }
      tar.closeArchiveEntry();
    }
    byte[] deb =
        ar(
            member("debian-binary", "2.0\n".getBytes(StandardCharsets.US_ASCII)),
            member("control.tar.gz", packed.toByteArray()),
            member("data.tar", new byte[10240]));
    assertRefused(deb, "more than 33554432 bytes unpacked");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Version: 1\nArchitecture: amd64\n",
        "Package: hello\nArchitecture: amd64\n",
        "Package: hello\nVersion: 1\n",
        "Package: hello\nPackage: hello\nVersion: 1\nArchitecture: amd64\n",
        "Package: ../hello\nVersion: 1\nArchitecture: amd64\n",
        "Package: hello\nVersion: one\nArchitecture: amd64\n",
        "Package: hello\nVersion: 1\nArchitecture: amd64 i386\n",
        "Package: hello\nVersion: 1\nArchitecture: amd64\n\nPackage: other\n",
        " Package: hello\nVersion: 1\nArchitecture: amd64\n",
        "-Package: hello\nPackage: hello\nVersion: 1\nArchitecture: amd64\n",
      })
  void controlThatDoesNotSayWhatItIsIsRefused(String control) throws Exception {
    assertRefused(debWith(file("./control", control)), "");
  }

  @Test
  void controlThatIsNotUtf8IsRefused() throws Exception {
    TarArchiveEntry entry = new TarArchiveEntry("./control");
    assertRefused(debWith(new Entry(entry, "\u00ff")), "expected UTF-8");
  }

  private static BinaryArtifact read(byte[] deb) throws IOException, MalformedInputException {
    return DebFile.read(new ByteArrayInputStream(deb));
  }

  private static void assertRefused(byte[] deb, String reason) {
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> read(deb))
        .withMessageContaining(reason);
  }

  private byte[] dpkgDeb(String control, String compression) throws Exception {
    Path tree = Files.createDirectories(folder.resolve("tree-" + compression));
    Files.createDirectories(tree.resolve("DEBIAN"));
    Files.writeString(tree.resolve("DEBIAN/control"), control);
    Path deb = folder.resolve(compression + ".deb");
    Process process =
        new ProcessBuilder(
                "dpkg-deb",
                "--root-owner-group",
                "--uniform-compression",
                "-Z" + compression,
                "--build",
                tree.toString(),
                deb.toString())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isZero();
    return Files.readAllBytes(deb);
  }

  /** Content in Latin-1: a character is a byte. */
  private record Entry(TarArchiveEntry header, String content) {}

  private static Entry file(String name, String content) {
    return new Entry(new TarArchiveEntry(name, true), content);
  }

  private static byte[] debWith(Entry... entries) throws IOException {
    return ar(
        member("debian-binary", "2.0\n".getBytes(StandardCharsets.US_ASCII)),
        member("control.tar", controlTar(List.of(entries))),
        member("data.tar", new byte[10240]));
  }

  private static byte[] controlTar(List<Entry> entries) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes)) {
      for (Entry entry : entries) {
        byte[] content = entry.content().getBytes(StandardCharsets.ISO_8859_1);
        entry.header().setSize(content.length);
        tar.putArchiveEntry(entry.header());
        tar.write(content);
        tar.closeArchiveEntry();
      }
    }
    return bytes.toByteArray();
  }

  private static byte[] member(String name, byte[] content) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    String header =
        String.format("%-16s%-12d%-6d%-6d%-8s%-10d`\n", name, 0, 0, 0, "100644", content.length);
    bytes.write(header.getBytes(StandardCharsets.US_ASCII));
    bytes.write(content);
    if (content.length % 2 == 1) {
      bytes.write('\n');
    }
    return bytes.toByteArray();
  }

  private static byte[] ar(byte[]... members) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.write("!<arch>\n".getBytes(StandardCharsets.US_ASCII));
    for (byte[] member : members) {
      bytes.write(member);
    }
    return bytes.toByteArray();
  }
}
