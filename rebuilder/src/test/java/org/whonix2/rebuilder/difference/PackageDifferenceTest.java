package org.whonix2.rebuilder.difference;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Packages by the real dpkg-deb, with programs by the real gcc. */
class PackageDifferenceTest {
  private static final String ONE = "0x1111111111111111111111111111111111111111";
  private static final String TWO = "0x2222222222222222222222222222222222222222";
  private static final String LONG = "usr/share/" + "long-".repeat(30) + "name";

  @TempDir Path folder;
  private Compiled compiled;
  private byte[] one = new byte[0];
  private byte[] two = new byte[0];

  @BeforeEach
  void twoBuildsOfOneProgram() throws Exception {
    compiled = new Compiled(folder);
    one = compiled.program(1, ONE, "11.debug");
    two = compiled.program(1, TWO, "22.debug");
  }

  private Compiled.Contents tiny(byte[] program) throws Exception {
    return compiled.new Contents("tiny")
        .file("usr/bin/tiny", program)
        .file("usr/share/doc/tiny/readme", "read me\n")
        .file(LONG, "long\n");
  }

  private static Difference between(Compiled.Contents a, Compiled.Contents b) throws Exception {
    Path first = a.pack();
    Path second = b.pack();
    assertThat(Files.mismatch(first, second)).isNotNegative();
    Difference difference = PackageDifference.between(first, second);
    assertThat(PackageDifference.between(second, first)).isEqualTo(difference);
    return difference;
  }

  @ParameterizedTest
  @ValueSource(strings = {"xz", "gzip", "none"})
  void buildIdAndDebugLinkAloneAreNamed(String compression) throws Exception {
    assertThat(between(tiny(one).compressedBy(compression), tiny(two).compressedBy(compression)))
        .isEqualTo(Difference.BUILD_ID);
  }

  @Test
  void theSameFilesPackedOtherwiseAreNamed() throws Exception {
    assertThat(between(tiny(one), tiny(one).compressedBy("gzip"))).isEqualTo(Difference.PACKING);
    assertThat(between(tiny(one), tiny(two).compressedBy("gzip"))).isEqualTo(Difference.BUILD_ID);
  }

  @Test
  void anythingElseBesideTheNotesIsADifferenceInContent() throws Exception {
    Compiled.Contents plain = tiny(one);
    assertThat(between(plain, tiny(compiled.program(2, TWO, "22.debug"))))
        .as("code")
        .isEqualTo(Difference.CONTENT);
    assertThat(between(tiny(one), tiny(two).file("usr/share/doc/tiny/readme", "read it\n")))
        .as("another file")
        .isEqualTo(Difference.CONTENT);
    assertThat(between(tiny(one), tiny(two).file("usr/bin/more", "more")))
        .as("a file more")
        .isEqualTo(Difference.CONTENT);
    assertThat(between(tiny(one), tiny(two).changedAt("@1767225601")))
        .as("times")
        .isEqualTo(Difference.CONTENT);
    assertThat(between(tiny(one), tiny(two).file("DEBIAN/postinst", "#!/bin/sh\n").executable()))
        .as("control data")
        .isEqualTo(Difference.CONTENT);
  }

  /** A long name stands in an entry of its own. */
  @Test
  void longNamesCount() throws Exception {
    String other = LONG.substring(0, LONG.length() - 1) + "f";
    assertThat(
            between(
                compiled.new Contents("tiny").file(LONG, "x"),
                compiled.new Contents("tiny").file(other, "x")))
        .isEqualTo(Difference.CONTENT);
  }

  @Test
  void aChecksumThatChangedWithoutItsFileIsADifference() throws Exception {
    Path plain = tiny(one).pack();
    String right = md5sums(folder.resolve("package0"));
    String wrong = right.replaceFirst("(?m)^.(.*readme)$", "x$1").replace('x', '0');
    assertThat(wrong).isNotEqualTo(right);
    Path lying = tiny(one).file("DEBIAN/md5sums", wrong).packAsIs();
    assertThat(PackageDifference.between(plain, lying)).isEqualTo(Difference.CONTENT);
    Path reordered =
        tiny(one).file("DEBIAN/md5sums", right.lines().sorted().toList().get(0) + "\n").packAsIs();
    assertThat(PackageDifference.between(plain, reordered)).isEqualTo(Difference.CONTENT);
  }

  private static String md5sums(Path root) throws Exception {
    return Files.readString(root.resolve("DEBIAN/md5sums"));
  }

  private Compiled.Contents symbols(String id, String information) throws Exception {
    Compiled.Contents contents = compiled.new Contents("tiny-dbgsym");
    return contents
        .control("Build-Ids: " + id + "\nInstalled-Size: " + information.length() + "\n")
        .file("usr/lib/debug/.build-id/" + id + "/00.debug", information)
        .file("usr/share/doc/tiny-dbgsym/readme", "symbols\n");
  }

  @Test
  void debugSymbolsThatFollowAreNamed() throws Exception {
    assertThat(between(symbols("11", "old"), symbols("22", "newer")))
        .isEqualTo(Difference.DEBUG_SYMBOLS);
    assertThat(
            between(
                symbols("11", "old"),
                symbols("22", "newer").file("usr/share/doc/tiny-dbgsym/readme", "other\n")))
        .isEqualTo(Difference.CONTENT);
    assertThat(between(symbols("11", "old"), symbols("22", "newer").control("Depends: sh\n")))
        .isEqualTo(Difference.CONTENT);
  }

  /** Only a package of debug symbols may have them differ. */
  @Test
  void debugFilesInAnotherPackageAreContent() throws Exception {
    assertThat(
            between(
                compiled.new Contents("tiny").file("usr/lib/debug/.build-id/11/0.debug", "old"),
                compiled.new Contents("tiny").file("usr/lib/debug/.build-id/22/0.debug", "new")))
        .isEqualTo(Difference.CONTENT);
  }

  @Test
  void whatCannotBeReadDiffersInContent() throws Exception {
    Path good = tiny(one).pack();
    byte[] bytes = Files.readAllBytes(good);
    Path damaged = folder.resolve("damaged.deb");
    for (int i = 0; i < bytes.length; i += 7) {
      byte[] hostile = bytes.clone();
      hostile[i] ^= 0x55;
      Files.write(damaged, hostile);
      assertThat(PackageDifference.between(good, damaged)).as("byte " + i).isNotNull();
      if (i % 5 == 0) {
        Files.write(damaged, Arrays.copyOf(bytes, i));
        assertThat(PackageDifference.between(good, damaged)).isEqualTo(Difference.CONTENT);
      }
    }
    Files.writeString(damaged, "not a package");
    assertThat(PackageDifference.between(good, damaged)).isEqualTo(Difference.CONTENT);
  }
}
