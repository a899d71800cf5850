package org.whonix2.core.fuzz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.whonix2.core.fuzz.Parsed.bytes;
import static org.whonix2.core.fuzz.Parsed.text;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;
import org.whonix2.core.artifact.Architecture;
import org.whonix2.core.artifact.BinaryArtifact;
import org.whonix2.core.artifact.DebFile;
import org.whonix2.core.artifact.PackageName;
import org.whonix2.core.artifact.PackageVersion;
import org.whonix2.core.deb822.Deb822;
import org.whonix2.core.digest.Sha256;

class ArtifactFuzzTest {
  @FuzzTest
  void packageName(byte[] input) {
    Parsed.isExact(input, in -> PackageName.parse(text(in)), Parsed::bytes);
  }

  @FuzzTest
  void packageVersion(byte[] input) {
    Parsed.isExact(input, in -> PackageVersion.parse(text(in)), Parsed::bytes);
  }

  @FuzzTest
  void architecture(byte[] input) {
    Parsed.isExact(input, in -> Architecture.parse(text(in)), Parsed::bytes);
  }

  @FuzzTest
  void sha256(byte[] input) {
    Parsed.isExact(input, in -> Sha256.parse(text(in)), Parsed::bytes);
  }

  @FuzzTest
  void deb822(byte[] input) {
    Parsed.orRefused(input, in -> Deb822.parseAll(text(in)))
        .ifPresent(ArtifactFuzzTest::assertReadable);
  }

  private static void assertReadable(List<Deb822> paragraphs) {
    for (Deb822 paragraph : paragraphs) {
      assertThat(paragraph.words("Package")).doesNotContain("");
    }
  }

  @FuzzTest
  void debFile(byte[] input) {
    Parsed.orRefused(input, ArtifactFuzzTest::read)
        .ifPresent(
            artifact -> {
              assertThat(artifact.size()).isEqualTo(input.length);
              assertThat(artifact.digest()).isEqualTo(Sha256.of(input));
              assertThat(bytes(artifact.identity().fileName())).isNotEmpty();
            });
  }

  private static BinaryArtifact read(byte[] input) throws org.whonix2.core.MalformedInputException {
    try {
      return DebFile.read(new ByteArrayInputStream(input));
    } catch (IOException e) {
      // Declared for a stream that fails; bytes in memory do not.
      throw new AssertionError(e);
    }
  }
}
