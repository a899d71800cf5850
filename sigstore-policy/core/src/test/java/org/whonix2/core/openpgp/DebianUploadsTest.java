package org.whonix2.core.openpgp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Real .dsc files of Debian 12 against real certificates of Debian's uploaders. */
class DebianUploadsTest {
  private static final Instant NOW = Instant.parse("2026-11-22T00:00:00Z");

  private static byte[] read(String name) throws Exception {
    try (InputStream in =
        Objects.requireNonNull(
            DebianUploadsTest.class.getResourceAsStream(
                "/vectors/third-party/debian-uploads/" + name))) {
      return in.readAllBytes();
    }
  }

  private static SignerSearch.Result search(byte[] dsc) throws Exception {
    SignerSearch search = new SignerSearch(SignedText.parse(dsc).signatures());
    try (InputStream keyring =
        Objects.requireNonNull(
            DebianUploadsTest.class.getResourceAsStream(
                "/vectors/third-party/debian-uploads/keyring.pgp"))) {
      search.in(keyring);
    }
    return search.result(NOW);
  }

  @ParameterizedTest
  @CsvSource({
    "net-tools_2.10-0.1+deb12u2, 04a4407cb9142c23030c17ae789d6f057fd863fe",
    // Its signing key expired since.
    "bubblewrap_0.8.0-2+deb12u1, da98f25c0871c49a59eaff2c4de8ff2a63c7cc90",
    "bzip2_1.0.8-5, 142421b19ad4a95996f95072ea2500b412c59acf",
  })
  void theUploaderIsWhoDebianSays(String source, String primary) throws Exception {
    assertThat(search(read(source + ".dsc")).signedBy().map(Signer::certificate))
        .contains(new Fingerprint(primary));
  }

  @ParameterizedTest
  @CsvSource({
    "cjson_1.7.15-1+deb12u4, is hashed with SHA-1",
    "xz-utils_5.4.1-1+deb12u2, expired at 2025-05-25",
    "hello_2.10-3, which is in no keyring",
  })
  void whoCannotBeVerifiedIsNobody(String source, String why) throws Exception {
    assertThat(search(read(source + ".dsc")))
        .asInstanceOf(type(SignerSearch.Result.Nobody.class))
        .extracting(SignerSearch.Result.Nobody::reason)
        .asString()
        .contains(why);
  }

  @Test
  void everyByteOfTheTextCounts() throws Exception {
    byte[] dsc = read("net-tools_2.10-0.1+deb12u2.dsc");
    int end = new String(dsc, StandardCharsets.UTF_8).indexOf("-----BEGIN PGP SIGNATURE-----");
    int start = new String(dsc, StandardCharsets.UTF_8).indexOf("Format:");
    for (int i = start; i < end - 2; i += 7) {
      byte[] changed = dsc.clone();
      changed[i] ^= 1;
      if (dsc[i] != '\n') {
        assertThat(search(changed).signedBy()).as("byte " + i).isEmpty();
      }
    }
  }
}
