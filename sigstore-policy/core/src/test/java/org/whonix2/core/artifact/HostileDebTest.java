package org.whonix2.core.artifact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.whonix2.core.artifact.HandmadeDeb.DATA;
import static org.whonix2.core.artifact.HandmadeDeb.FORMAT;
import static org.whonix2.core.artifact.HandmadeDeb.ar;
import static org.whonix2.core.artifact.HandmadeDeb.ascii;
import static org.whonix2.core.artifact.HandmadeDeb.concat;
import static org.whonix2.core.artifact.HandmadeDeb.debOf;
import static org.whonix2.core.artifact.HandmadeDeb.debWith;
import static org.whonix2.core.artifact.HandmadeDeb.entry;
import static org.whonix2.core.artifact.HandmadeDeb.file;
import static org.whonix2.core.artifact.HandmadeDeb.header;
import static org.whonix2.core.artifact.HandmadeDeb.member;
import static org.whonix2.core.artifact.HandmadeDeb.tar;

import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.whonix2.core.MalformedInputException;

/** What a .deb can be other than what dpkg-deb makes: each is an error. */
class HostileDebTest {
  private static final String TEXT = "Package: hello\nVersion: 2.10-3\nArchitecture: amd64\n";
  private static final byte[] CONTROL = file("./control", TEXT);
  private static final String BUILDABLE = TEXT + "Maintainer: n <n@e>\nDescription: d\n";

  @TempDir private Path folder;

  @Test
  void theHandmadePackageItselfIsRead() throws Exception {
    assertThat(identity(debWith(entry("./", '5', ""), CONTROL))).isEqualTo("hello 2.10-3 amd64");
    assertThat(identity(debWith(file("control", TEXT)))).isEqualTo("hello 2.10-3 amd64");
  }

  static Stream<Arguments> archives() {
    byte[] control = member("control.tar", tar(CONTROL));
    byte[] other = member("control.tar.gz", tar(CONTROL));
    return Stream.of(
        Arguments.of("two control members", ar(FORMAT, control, control, DATA), "data.tar"),
        Arguments.of("two of different kinds", ar(FORMAT, control, other, DATA), "data.tar"),
        Arguments.of(
            "a control member last", ar(FORMAT, control, DATA, control), "expected the end"),
        Arguments.of("two data members", ar(FORMAT, control, DATA, DATA), "expected the end"),
        Arguments.of("no control member", ar(FORMAT, DATA), "control.tar"),
        Arguments.of("no data member", ar(FORMAT, control), "end of the file"),
        Arguments.of("another order", ar(FORMAT, DATA, control), "control.tar"),
        Arguments.of("no format member", ar(control, DATA), "debian-binary"),
        Arguments.of(
            "an unknown format",
            ar(member("debian-binary", ascii("3.0\n")), control, DATA),
            "format 2.0"),
        Arguments.of(
            "an extra member",
            ar(FORMAT, member("_gpgorigin", new byte[2]), control, DATA),
            "control.tar"),
        Arguments.of(
            "a path as member name",
            ar(FORMAT, member("./control.tar", tar(CONTROL)), DATA),
            "control.tar"),
        Arguments.of(
            "a tab behind the name",
            ar(FORMAT, member("control.tar\t", tar(CONTROL)), DATA),
            "control.tar"),
        Arguments.of(
            "an unknown compression",
            ar(FORMAT, member("control.tar.br", tar(CONTROL)), DATA),
            "control.tar"),
        Arguments.of(
            "gzip said, tar found",
            ar(FORMAT, member("control.tar.gz", tar(CONTROL)), DATA),
            "damage"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("archives")
  void membersOtherThanTheThreeInTheirOrderAreRefused(String trick, byte[] deb, String complaint) {
    assertRefused(deb, complaint);
  }

  static Stream<Arguments> tars() {
    byte[] sum = header("./control", '0', 0);
    sum[0] ^= 1;
    byte[] posix = header("control", '0', 0);
    HandmadeDeb.put(posix, 257, "ustar\0" + "00");
    HandmadeDeb.put(posix, 345, "x");
    byte[] binarySize = header("./md5sums", '0', 0);
    binarySize[124] = (byte) 0x80;
    byte[] named = file("./control", TEXT);
    named[9] = 'x';
    return Stream.of(
        Arguments.of("control twice", tar(CONTROL, file("control", TEXT)), "one file control"),
        Arguments.of("control twice, one name", tar(CONTROL, CONTROL), "one file control"),
        Arguments.of("no control", tar(file("./md5sums", "")), "found none"),
        Arguments.of("nothing", tar(), "found none"),
        Arguments.of("up", tar(CONTROL, file("../control", TEXT)), "plain files"),
        Arguments.of("up only", tar(file("../control", TEXT)), "plain files"),
        Arguments.of("in and up", tar(CONTROL, file("./a/../../control", TEXT)), "plain files"),
        Arguments.of("in and back", tar(file("a/../control", TEXT)), "plain files"),
        Arguments.of("from the root", tar(CONTROL, file("/control", TEXT)), "plain files"),
        Arguments.of("roundabout", tar(file("././control", TEXT)), "plain files"),
        Arguments.of("two slashes", tar(file(".//control", TEXT)), "plain files"),
        Arguments.of("a slash behind", tar(file("./control/", TEXT)), "plain files"),
        Arguments.of("no name", tar(CONTROL, file("", TEXT)), "plain files"),
        Arguments.of("a folder", tar(entry("./control/", '5', "")), "to be a file"),
        Arguments.of("a folder, no slash", tar(entry("control", '5', "")), "to be a file"),
        Arguments.of(
            "a folder and the file", tar(CONTROL, entry("./control/", '5', "")), "to be a file"),
        Arguments.of(
            "a folder with content", tar(entry("./a/", '5', TEXT), CONTROL), "without content"),
        Arguments.of("a hard link", tar(entry("./control", '1', "")), "plain files"),
        Arguments.of("a symbolic link", tar(entry("./control", '2', "")), "plain files"),
        Arguments.of("a link beside", tar(CONTROL, entry("./postinst", '2', "")), "plain files"),
        Arguments.of("a device", tar(CONTROL, entry("./md5sums", '3', "")), "plain files"),
        Arguments.of("a pipe", tar(CONTROL, entry("./md5sums", '6', "")), "plain files"),
        Arguments.of("a sparse file", tar(entry("./control", 'S', TEXT)), "plain files"),
        Arguments.of("a contiguous file", tar(entry("./control", '7', TEXT)), "plain files"),
        Arguments.of(
            "a GNU long name",
            tar(entry("././@LongLink", 'L', "./control\0"), file("./x", TEXT)),
            "plain files"),
        Arguments.of(
            "an extended header that renames",
            tar(entry("./x", 'x', "18 path=./control\n"), file("./x", TEXT)),
            "plain files"),
        Arguments.of("a prefix", tar(CONTROL, HandmadeDeb.withChecksum(posix)), "plain files"),
        Arguments.of("a wrong checksum", tar(CONTROL, sum), "checksum"),
        Arguments.of(
            "a size in binary", tar(CONTROL, HandmadeDeb.withChecksum(binarySize)), "octal"),
        Arguments.of("a changed name", tar(named), "checksum"),
        Arguments.of(
            "a size beyond the end",
            tar(CONTROL, header("./md5sums", '0', 0_77777777777L)),
            "damage"),
        Arguments.of("a large control", tar(header("./control", '0', 2 << 20)), "at most 1048576"),
        Arguments.of("another archive behind", concat(tar(CONTROL), tar(CONTROL)), "only zeros"),
        Arguments.of("one empty block", concat(CONTROL, new byte[512]), "ends early"),
        Arguments.of("no empty block", CONTROL, "ends early"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("tars")
  void tricksInTheControlArchiveAreRefused(String trick, byte[] tar, String complaint) {
    assertRefused(debOf("control.tar", tar), complaint);
  }

  @ParameterizedTest
  @ValueSource(strings = {"none", "gzip", "xz", "zstd"})
  void everyTruncationIsRefused(String compression) throws Exception {
    byte[] deb = HandmadeDeb.byDpkgDeb(folder, BUILDABLE, "-Z" + compression);
    for (int length = 0; length < deb.length; length++) {
      assertRefused(Arrays.copyOf(deb, length), "");
    }
  }

  /** The ar headers tell the truth here; only the packed archive inside ends early. */
  @ParameterizedTest
  @CsvSource({
    "none, control.tar",
    "gzip, control.tar.gz",
    "xz, control.tar.xz",
    "zstd, control.tar.zst"
  })
  void everyTruncationOfTheControlMemberIsRefused(String compression, String name)
      throws Exception {
    byte[] deb = HandmadeDeb.byDpkgDeb(folder, BUILDABLE, "-Z" + compression);
    byte[] control = HandmadeDeb.contentOf(deb, name);
    assertThat(identity(debOf(name, control))).isEqualTo("hello 2.10-3 amd64");
    // Unpacked: folder, control, its content and two empty blocks; tar fills up to 10,240 bytes.
    int end = compression.equals("none") ? 5 * 512 : control.length;
    assertThat(control.length).isGreaterThanOrEqualTo(end);
    for (int length = 0; length < end; length++) {
      assertRefused(debOf(name, Arrays.copyOf(control, length)), "");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "gzip, control.tar.gz",
    "xz, control.tar.xz",
    "zstd, control.tar.zst",
    "none, control.tar"
  })
  void bytesBehindTheControlArchiveAreRefused(String compression, String name) throws Exception {
    byte[] deb = HandmadeDeb.byDpkgDeb(folder, BUILDABLE, "-Z" + compression);
    byte[] control = HandmadeDeb.contentOf(deb, name);
    assertRefused(debOf(name, concat(control, ascii("more"))), "");
    // Twice the same: a second stream, which some readers go on with and others do not see.
    assertRefused(debOf(name, concat(control, control)), "");
  }

  private static void assertRefused(byte[] deb, String complaint) {
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> identity(deb))
        .withMessageContaining(complaint);
  }

  private static String identity(byte[] deb) throws Exception {
    return DebFile.read(new ByteArrayInputStream(deb)).identity().toString();
  }
}
