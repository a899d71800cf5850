package org.whonix2.update.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.whonix2.core.openpgp.SecretKey;
import org.whonix2.io.keys.KeyFolder;

/** What a reviewer signs, and what he cannot. */
class ExemptSignTest extends BoxTest {
  private static final String UNTIL = "2098-01-01T00:00:00Z";

  @BeforeEach
  void makeAReviewer() throws Exception {
    SecretKey key = KeyFolder.create(folder.resolve("r1"), "r1", Instant.now(), made -> {});
    edit(
        "veto: {",
        "reviewers: {threshold: 1, of: [{name: r1, fingerprint: %s, certificate: r1/certificate.asc}]}\nveto: {"
            .formatted(key.certificate().fingerprint()));
  }

  private int sign(String until, String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "exempt",
                "sign",
                "--key",
                folder.resolve("r1").toString(),
                "--reason",
                "built here",
                "--until",
                until));
    arguments.addAll(List.of(more));
    return run(arguments.toArray(String[]::new));
  }

  private Path signed() {
    return folder.resolve("signed.json");
  }

  private String out() {
    return signed().toString();
  }

  @Test
  void anExemptedFileNeedsNoQuorum() throws Exception {
    sync();
    assertThat(verify(deb)).isEqualTo(1);
    assertThat(sign(UNTIL, "--out", out(), deb.toString())).isZero();
    log.entries.add(Files.readAllBytes(signed()));
    sync();
    assertThat(verify(deb)).isZero();
    assertThat(tickets().all()).hasSize(1);
  }

  @Test
  void nothingIsSignedThatBoxesWouldNotHeed() {
    assertThat(sign("2020-01-01T00:00:00Z", "--out", out(), deb.toString())).isEqualTo(2);
    assertThat(err).contains("expected a time to come");
    assertThat(sign("tomorrow", "--out", out(), deb.toString())).isEqualTo(2);
    assertThat(sign(UNTIL, deb.toString())).isEqualTo(2);
    assertThat(sign(UNTIL, "--out", out(), "a".repeat(64))).isEqualTo(2);
    assertThat(err).contains("there is no such file");
    assertThat(sign(UNTIL, "--out", out(), folder.resolve("policy.yaml").toString())).isEqualTo(2);
    assertThat(err).contains("not a Debian package");
    assertThat(sign(UNTIL, "--out", out(), "--override", "f".repeat(40), deb.toString()))
        .isEqualTo(2);
    assertThat(sign(UNTIL, "--out", out(), "--override", "nobody", "--bits", "0", deb.toString()))
        .isEqualTo(2);
    assertThat(signed()).doesNotExist();
  }

  @Test
  void aServerThatDoesNotTakeItIsSaidSo() {
    assertThat(sign(UNTIL, "--publish", "http://127.0.0.1:1", deb.toString())).isEqualTo(5);
    assertThat(sign(UNTIL, "--publish", log.url(), deb.toString())).isEqualTo(1);
    assertThat(err).contains("the server did not take it: ");
  }
}
