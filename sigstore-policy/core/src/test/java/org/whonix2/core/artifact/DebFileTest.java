package org.whonix2.core.artifact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.whonix2.core.artifact.HandmadeDeb.debWith;
import static org.whonix2.core.artifact.HandmadeDeb.file;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
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
    byte[] deb = dpkgDeb(CONTROL, "-Z" + compression);

    BinaryArtifact artifact = read(deb);

    assertThat(artifact.identity()).hasToString("hello 1:2.10-3 amd64");
    assertThat(artifact.identity().fileName()).isEqualTo("hello_2.10-3_amd64.deb");
    assertThat(artifact.digest()).isEqualTo(Sha256.of(deb));
    assertThat(artifact.size()).isEqualTo(deb.length);
  }

  @Test
  void everyChangedByteIsAnotherDigestOrRefused() throws Exception {
    byte[] deb = dpkgDeb(CONTROL, "-Zgzip");
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
    byte[] deb = dpkgDeb(CONTROL, "-Zxz");
    assertRefused(Arrays.copyOf(deb, deb.length + 1), "expected the end of the package");
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
    assertRefused(debWith(file("./control", "\u00ff")), "expected UTF-8");
  }

  @Test
  void controlAndDataMayBePackedDifferently() throws Exception {
    byte[] deb = dpkgDeb(CONTROL, "-Zxz", "--no-uniform-compression");
    assertThat(new String(deb, StandardCharsets.ISO_8859_1))
        .contains("control.tar.gz ", "data.tar.xz ");
    assertThat(read(deb).identity()).hasToString("hello 1:2.10-3 amd64");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"-Zxz -z0", "-Zxz -z9", "-Zxz -z9 -Sextreme", "-Zzstd -z1", "-Zzstd -z22"})
  void readsEveryLevelOfCompression(String options) throws Exception {
    byte[] deb = dpkgDeb(CONTROL, options.split(" ", -1));
    assertThat(read(deb).identity()).hasToString("hello 1:2.10-3 amd64");
  }

  private static BinaryArtifact read(byte[] deb) throws IOException, MalformedInputException {
    return DebFile.read(new ByteArrayInputStream(deb));
  }

  private static void assertRefused(byte[] deb, String reason) {
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> read(deb))
        .withMessageContaining(reason);
  }

  private byte[] dpkgDeb(String control, String... options) throws Exception {
    return HandmadeDeb.byDpkgDeb(folder, control, options);
  }
}
