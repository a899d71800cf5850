package org.whonix2.update.attack;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.whonix2.core.openpgp.Certificate;
import org.whonix2.core.openpgp.SecretKey;

/** A rebuilder's certificate with its revocation in it, made by the real gpg. */
final class Revoked {
  private static final String SCRIPT =
      """
      set -eu
      gpg='gpg --homedir . --no-tty --quiet --pinentry-mode loopback'
      $gpg --batch --import secret.asc
      printf 'y\\n%s\\n\\ny\\n' "$2" | $gpg --passphrase '' --command-fd 0 --gen-revoke "$1" >revocation
      $gpg --batch --import revocation
      $gpg --batch --export "$1" >certificate
      gpgconf --homedir . --kill all
      """;

  private Revoked() {}

  /** As if its owner had lost the key. */
  static Certificate compromised(SecretKey key) throws Exception {
    return revoked(key, "1");
  }

  /** As if its owner had another one now. */
  static Certificate superseded(SecretKey key) throws Exception {
    return revoked(key, "2");
  }

  private static Certificate revoked(SecretKey key, String reason) throws Exception {
    // Short: gpg's agent puts a socket there.
    Path home = Files.createTempDirectory(Path.of("/tmp"), "w2gpg");
    try {
      Files.writeString(home.resolve("secret.asc"), key.toArmored());
      Process process =
          new ProcessBuilder(
                  "sh", "-c", SCRIPT, "sh", key.certificate().fingerprint().hex(), reason)
              .directory(home.toFile())
              .redirectErrorStream(true)
              .redirectOutput(home.resolve("said").toFile())
              .start();
      process.getOutputStream().close();
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).as(Files.readString(home.resolve("said"))).isZero();
      return Certificate.parse(Files.readAllBytes(home.resolve("certificate")));
    } finally {
      try (Stream<Path> files = Files.walk(home)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.deleteIfExists(file);
        }
      }
    }
  }
}
