package org.whonix2.core.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.whonix2.core.snapshot.Suites.digest;
import static org.whonix2.core.snapshot.Suites.entry;
import static org.whonix2.core.snapshot.Suites.list;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.digest.Sha256;

class CanonicalListTest {
  private static final String A = digest("a").toString();
  private static final String B = digest("b").toString();

  @Test
  void anyOrderGivesTheOneListOfLinesSortedByTheirBytes() throws Exception {
    List<ListEntry> entries =
        new ArrayList<>(
            List.of(
                entry("aa", "1.0", "1"),
                entry("aa", "1.0-1", "2"),
                entry("aa", "1:0", "3"),
                entry("aa", "1~", "4"),
                entry("aa+", "0", "5"),
                entry("aa-b", "0", "6"),
                entry("aa.c", "0", "7"),
                entry("aa0", "0", "8"),
                entry("aaa", "0", "9")));
    List<String> sorted = entries.stream().map(ListEntry::toString).sorted().toList();
    Collections.shuffle(entries, new Random(1));
    CanonicalList list = CanonicalList.of(entries);
    assertThat(list.entries()).map(ListEntry::toString).isEqualTo(sorted);
    String text = "whonix2-list/v1\n" + String.join("\n", sorted) + "\n";
    assertThat(list.bytes()).asString(StandardCharsets.US_ASCII).isEqualTo(text);
    assertThat(list.digest()).isEqualTo(digest(text));
    assertThat(CanonicalList.parse(list.bytes())).isEqualTo(list);
  }

  @Test
  void anEmptyListIsAList() throws Exception {
    assertThat(CanonicalList.parse(list().bytes()).size()).isZero();
  }

  @Test
  void entriesAreFoundByTheirBitsOnly() throws Exception {
    CanonicalList list = list(entry("hello", "1", "x"), entry("bye", "1", "y"));
    assertThat(list.indexOf(digest("y"))).isEqualTo(OptionalInt.of(0));
    assertThat(list.indexOf(digest("x"))).isEqualTo(OptionalInt.of(1));
    assertThat(list.indexOf(digest("z"))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "whonix2-list/v1",
        "whonix2-list/v2\n",
        "whonix2-list/v1\r\n",
        "whonix2-list/v1\n\n",
        "whonix2-list/v1\naa 1 amd64 #a",
        "whonix2-list/v1\naa 1 amd64 #a\n\n",
        "whonix2-list/v1\naa 1 amd64 #a\r\n",
        "whonix2-list/v1\naa  1 amd64 #a\n",
        "whonix2-list/v1\naa 1 amd64 #a \n",
        "whonix2-list/v1\n aa 1 amd64 #a\n",
        "whonix2-list/v1\naa\t1 amd64 #a\n",
        "whonix2-list/v1\naa 1 #a\n",
        "whonix2-list/v1\nAa 1 amd64 #a\n",
        "whonix2-list/v1\naa one amd64 #a\n",
        "whonix2-list/v1\naa 1 amd64 abc\n",
        "whonix2-list/v1\nbb 1 amd64 #b\naa 1 amd64 #a\n",
        "whonix2-list/v1\naa 1 amd64 #a\naa 1 amd64 #a\n",
        "whonix2-list/v1\naa 1 amd64 #a\naa 1 amd64 #b\n",
        "whonix2-list/v1\naa 1 amd64 #a\nbb 1 amd64 #a\n",
        "whonix2-list/v1\naa 1 amd64 #a\nbb 1 amd64 \u00ff\n",
      })
  void refusesWhatIsNotTheOneEncoding(String text) {
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(
            () ->
                CanonicalList.parse(
                    text.replace("#a", A).replace("#b", B).getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void isMadeOfAllPackagesFilesOfASuite() throws Exception {
    String main = paragraph("hello", "1", A) + "\n" + paragraph("bye", "2:1-1", B) + "\n\n\n";
    String other = "\n" + paragraph("bye", "2:1-1", B);
    CanonicalList list = CanonicalList.fromPackages(List.of(stream(main), stream(other)));
    assertThat(list.entries())
        .map(ListEntry::toString)
        .containsExactly("bye 2:1-1 amd64 " + B, "hello 1 amd64 " + A);
    assertThat(CanonicalList.fromPackages(main.getBytes(StandardCharsets.UTF_8))).isEqualTo(list);
    assertThat(CanonicalList.fromPackages(new byte[0]).size()).isZero();
  }

  @Test
  void paragraphsMayBeCutAnywhereBetweenTwoReads() throws Exception {
    String text = paragraph("hello", "1", A) + "\n" + paragraph("bye", "2", B);
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    for (int size = 1; size < bytes.length; size += 7) {
      CanonicalList list = CanonicalList.fromPackages(List.of(inPieces(bytes, size)));
      assertThat(list).isEqualTo(CanonicalList.fromPackages(bytes));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "two digests of a package | Package: aa/Version: 1/Architecture: all/SHA256: #a//Package: aa/Version: 1/Architecture: all/SHA256: #b | one SHA-256 a package",
        "two packages of a digest | Package: aa/Version: 1/Architecture: all/SHA256: #a//Package: aa/Version: 2/Architecture: all/SHA256: #a | one package a SHA-256",
        "no digest                | Package: aa/Version: 1/Architecture: all | paragraph from line 1: expected a field 'SHA256'",
        "no version               | Package: bb/Version: 1/Architecture: all/SHA256: #b//Package: aa/Architecture: all/SHA256: #a | paragraph from line 6: expected a field 'Version'",
        "a field twice            | Package: aa/Version: 1/Architecture: all/SHA256: #a/SHA256: #b | stands twice",
        "a digest in capitals     | Package: aa/Version: 1/Architecture: all/SHA256: ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789 | lower-case",
        "a comment                | Package: aa/Version: 1/Architecture: all/#x/SHA256: #a | no comments",
        "a line of blanks         | Package: aa/Version: 1/ /Architecture: all/SHA256: #a | expected one paragraph",
      })
  void refusesAPackagesFileThatIsNotClear(String what, String text, String complaint) {
    byte[] bytes =
        text.replace("/", "\n").replace("#a", A).replace("#b", B).getBytes(StandardCharsets.UTF_8);
    assertThatExceptionOfType(MalformedInputException.class)
        .as(what)
        .isThrownBy(() -> CanonicalList.fromPackages(bytes))
        .withMessageContaining(complaint);
  }

  @Test
  void refusesAParagraphWithoutEnd() {
    InputStream endless =
        new InputStream() {
          private long given;

          @Override
          public int read() {
            return read(new byte[1], 0, 1) < 0 ? -1 : 'a';
          }

          @Override
          public int read(byte[] buffer, int offset, int length) {
            given += length;
            assertThat(given).isLessThan(4 << 20);
            Arrays.fill(buffer, offset, offset + length, (byte) 'a');
            return length;
          }
        };
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> CanonicalList.fromPackages(List.of(endless)))
        .withMessageContaining("a paragraph of at most 1048576 bytes");
  }

  @Test
  void refusesMorePackagesThanASuiteCanHave() {
    StringBuilder text = new StringBuilder("whonix2-list/v1\n");
    for (int i = 0; i <= CanonicalList.MAX_ENTRIES; i++) {
      Sha256 digest = digest("" + i);
      text.append(String.format("a%07d 1 all ", i)).append(digest).append('\n');
    }
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> CanonicalList.parse(text.toString().getBytes(StandardCharsets.US_ASCII)))
        .withMessageContaining("at most 500000 entries");
  }

  private static String paragraph(String name, String version, String digest) {
    return "Package: "
        + name
        + "\nVersion: "
        + version
        + "\nArchitecture: amd64\nDescription: über\n long\n .\n text\nSHA256: "
        + digest
        + "\n";
  }

  private static InputStream stream(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
  }

  private static InputStream inPieces(byte[] bytes, int size) {
    return new ByteArrayInputStream(bytes) {
      @Override
      public synchronized int read(byte[] buffer, int offset, int length) {
        return super.read(buffer, offset, Math.min(length, size));
      }
    };
  }
}
