package org.whonix2.rebuilder.apt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.deb822.Deb822;

class ArchivedSourceTest {
  private static final String A = "a".repeat(64);
  private static final String ENTRY =
      """
      Package: net-tools
      Version: 1:2.10-0.1+deb12u2
      Checksums-Sha256:
       %1$s 2155 net-tools_2.10-0.1+deb12u2.dsc
       %1$s 99 net-tools_2.10.orig.tar.xz
      """
          .formatted(A);

  private static ArchivedSource parse(String entry) throws MalformedInputException {
    return ArchivedSource.of(Deb822.parseAll(entry).get(0));
  }

  @Test
  void namesItsDscAndTheFolderThatDebianUnpacksItInto() throws Exception {
    ArchivedSource source = parse(ENTRY);
    assertThat(source.dsc().name()).isEqualTo("net-tools_2.10-0.1+deb12u2.dsc");
    assertThat(source.files()).hasSize(2);
    assertThat(source.folderName()).isEqualTo("net-tools-2.10");
    assertThat(source).hasToString("net-tools 1:2.10-0.1+deb12u2");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "net-tools_2.10.orig.tar.xz     | ../../etc/passwd                | plain file name",
        "net-tools_2.10.orig.tar.xz     | .hidden                         | plain file name",
        "net-tools_2.10.orig.tar.xz     | net-tools_2.10-0.1+deb12u2.dsc  | distinct names",
        "net-tools_2.10-0.1+deb12u2.dsc | net-tools_9.dsc                 | expected a file net-tools_",
        "2155                           | -1                              | digest size name",
        "Package: net-tools             | Package: ../x                   | package name",
        "1:2.10                         | 1:2 10                          | version",
      })
  void refusesEntriesThatAreNotWhatTheySay(String from, String to, String complaint) {
    String entry = ENTRY.replace(from, to);
    assertThat(entry).isNotEqualTo(ENTRY);
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> parse(entry))
        .withMessageContaining(complaint);
  }

  @ParameterizedTest
  @ValueSource(strings = {"net-tools", "net-tools=1:2.10-0.1+deb12u2"})
  void aRequestIsANameAndPerhapsAVersion(String text) throws Exception {
    assertThat(SourceRequest.parse(text)).hasToString(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "--download-only", "a/b", "net-tools=", "net-tools= 1", "net-tools=1=2"})
  void aRequestIsNothingElse(String text) {
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> SourceRequest.parse(text));
  }
}
