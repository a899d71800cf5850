package org.whonix2.rebuilder.attest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.whonix2.core.openpgp.Certificate;
import org.whonix2.core.openpgp.SecretKey;
import org.whonix2.io.cli.CommandException;

class RebuilderKeyTest {
  private static final Instant NOW = Instant.parse("2026-11-22T13:00:00Z");

  @TempDir Path folder;

  @Test
  void whatWasMadeCanBeOpenedAndOnlyItsOwnerReadsTheSecret() throws Exception {
    SecretKey made = RebuilderKey.create(folder, "alpha", NOW);
    SecretKey opened = RebuilderKey.open(folder, NOW);
    assertThat(opened.certificate().fingerprint()).isEqualTo(made.certificate().fingerprint());
    assertThat(opened.certificate().userIds()).containsExactly("alpha");
    assertThat(Certificate.parse(Files.readAllBytes(folder.resolve("certificate.asc"))))
        .isEqualTo(made.certificate());
    assertThat(Files.getPosixFilePermissions(folder.resolve("secret.asc")))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
  }

  @Test
  void aSecretKeyIsNeverOverwritten() throws Exception {
    RebuilderKey.create(folder, "alpha", NOW);
    byte[] before = Files.readAllBytes(folder.resolve("secret.asc"));
    assertThatExceptionOfType(CommandException.class)
        .isThrownBy(() -> RebuilderKey.create(folder, "beta", NOW))
        .withMessageContaining("never overwritten");
    assertThat(folder.resolve("secret.asc")).hasBinaryContent(before);
    assertThat(RebuilderKey.open(folder, NOW).certificate())
        .isEqualTo(Certificate.parse(Files.readAllBytes(folder.resolve("certificate.asc"))));
  }

  @Test
  void aSecretThatOthersCanReadIsRefused() throws Exception {
    RebuilderKey.create(folder, "alpha", NOW);
    Files.setPosixFilePermissions(
        folder.resolve("secret.asc"), PosixFilePermissions.fromString("rw-r-----"));
    assertThatExceptionOfType(CommandException.class)
        .isThrownBy(() -> RebuilderKey.open(folder, NOW))
        .satisfies(e -> assertThat(e.hint()).startsWith("chmod 600"));
  }

  @Test
  void aKeyThatCannotSignIsRefusedBeforeAnythingIsBuilt() throws Exception {
    RebuilderKey.create(folder, "alpha", NOW);
    assertThatExceptionOfType(CommandException.class)
        .isThrownBy(() -> RebuilderKey.open(folder, NOW.plus(Duration.ofDays(3 * 365))))
        .withMessageContaining("cannot sign");
  }

  @Test
  void noKeySaysHowToMakeOne() {
    assertThatExceptionOfType(CommandException.class)
        .isThrownBy(() -> RebuilderKey.open(folder, NOW))
        .satisfies(e -> assertThat(e.hint()).contains("keygen"));
  }
}
