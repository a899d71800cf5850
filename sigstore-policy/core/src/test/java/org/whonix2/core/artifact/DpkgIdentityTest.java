package org.whonix2.core.artifact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.whonix2.core.artifact.HandmadeDeb.debWith;
import static org.whonix2.core.artifact.HandmadeDeb.file;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.whonix2.core.MalformedInputException;

/** Who a package is by its control data: what dpkg reads, or nobody. */
class DpkgIdentityTest {
  private static final String REST = "Architecture: all|Maintainer: n <n@e>|Description: d|";

  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({
    "'Package: twin|Version: 1.0|'",
    "'package:twin|VERSION:  1.0  |'",
    "'Package:\ttwin\t|Version: 1:1.0-3|'",
    "'Package: twin|Package-Type: deb|Version: 1.0~rc1+b1|'",
    "'X-Revision: 3|Package: twin|Version: 1.0|'",
  })
  void isReadAsDpkgReadsIt(String control) throws Exception {
    byte[] deb = deb(control);
    assertThat(DebFile.read(new ByteArrayInputStream(deb)).identity())
        .hasToString(asDpkgReadsIt(deb));
  }

  @ParameterizedTest
  @CsvSource({
    "'Package: twin|Version: 1.0|Revision: 3|', twin 1.0-3 all",
    "'Package: twin|Version: 1.0|REVISION: 3|', twin 1.0-3 all",
    "'Package: twin|Version: 1.0|Package-Revision: 3|', twin 1.0-3 all",
    "'Package: twin|Version: 1.0|Package_Revision: 3|', twin 1.0-3 all",
    "'Package : twin|Version: 1.0|', twin 1.0 all",
    "'Package: Twin|Version: 1.0|', twin 1.0 all",
    "'Package: twin\0evil|Version: 1.0|', twin 1.0 all",
    "'Package: twin\013|Version: 1.0|', twin 1.0 all",
    "'Package: twin\r|Version: 1.0|', twin 1.0 all",
  })
  void isRefusedWhereDpkgReadsWhatIsWrittenInAnotherWay(String control, String asDpkgReadsIt)
      throws Exception {
    byte[] deb = deb(control);
    assertThat(asDpkgReadsIt(deb)).isEqualTo(asDpkgReadsIt);
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> DebFile.read(new ByteArrayInputStream(deb)));
  }

  private static byte[] deb(String control) {
    return debWith(file("./control", (control + REST).replace('|', '\n')));
  }

  private String asDpkgReadsIt(byte[] deb) throws Exception {
    Path file = Files.write(folder.resolve("made.deb"), deb);
    Process dpkg =
        new ProcessBuilder(
                "dpkg-deb",
                "--show",
                "--showformat=${Package} ${Version} ${Architecture}",
                file.toString())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    String answer = new String(dpkg.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(dpkg.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(dpkg.exitValue()).as("dpkg-deb: %s", answer).isZero();
    return answer;
  }
}
