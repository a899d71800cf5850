package org.whonix2.core.openpgp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.whonix2.core.MalformedInputException;

class KeyringTest {
  private static final Instant MADE = Instant.parse("2026-01-01T00:00:00Z");

  private static Certificate certificate(String name) throws Exception {
    return SecretKey.generate(name, MADE, Duration.ofDays(1)).certificate();
  }

  private static byte[] concatenated(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }

  private static byte[] primaryKey(int... body) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int octet : body) {
      bytes.write(octet);
    }
    return Packet.write(List.of(new Packet(Packet.PUBLIC_KEY, bytes.toByteArray())));
  }

  @Test
  void primaryFingerprintsOnly() throws Exception {
    Certificate one = certificate("one");
    Certificate two = certificate("two");
    Keyring keyring = Keyring.parse(concatenated(one.toBytes(), two.toBytes(), one.toBytes()));

    assertThat(keyring.size()).isEqualTo(2);
    assertThat(keyring.contains(one.fingerprint())).isTrue();
    assertThat(keyring.contains(two.fingerprint())).isTrue();
    assertThat(keyring.contains(certificate("three").fingerprint())).isFalse();
    Fingerprint subkey = PublicKey.parse(Packet.readAll(one.toBytes()).get(3).body()).fingerprint();
    assertThat(keyring.contains(subkey)).isFalse();
    assertThat(Keyring.parse(new byte[0]).size()).isZero();
  }

  @Test
  void unknownAlgorithmsAndVersions() throws Exception {
    byte[] known = certificate("known").toBytes();
    byte[] algorithm99 = primaryKey(4, 0, 0, 0, 0, 99, 1, 2, 3);
    byte[] version6 = primaryKey(6, 0, 0, 0, 0, 99, 0, 0, 0, 3, 1, 2, 3);
    byte[] version3 = primaryKey(3, 0, 0, 0, 0, 0, 0, 1, 8, 1);
    byte[] version5 = primaryKey(5, 0, 0, 0, 0, 99, 0, 0, 0, 3, 1, 2, 3);

    Keyring keyring = Keyring.parse(concatenated(version3, version5, algorithm99, known, version6));

    assertThat(keyring.size()).isEqualTo(3);
    Packet read = Packet.readAll(version6).get(0);
    Fingerprint v6 = PublicKey.parse(read.body()).fingerprint();
    assertThat(v6.hex()).hasSize(64);
    assertThat(keyring.contains(v6)).isTrue();
  }

  @Test
  void brokenKeyrings() throws Exception {
    byte[] certificate = certificate("one").toBytes();
    byte[] secret =
        Packet.write(
            Armor.readPackets(
                Armor.PRIVATE,
                SecretKey.generate("s", MADE, Duration.ofDays(1)).toArmored().getBytes(UTF_8)));
    byte[] signatureFirst = new byte[] {(byte) 0x88, 1, 4};
    for (byte[] broken :
        List.of(
            concatenated(certificate, new byte[] {0}),
            concatenated(certificate, new byte[] {(byte) 0x99, 1}),
            concatenated(certificate, new byte[] {(byte) 0xc6, (byte) 0xe1, 1, 1}),
            concatenated(certificate, new byte[] {(byte) 0x9b}),
            concatenated(certificate, secret),
            concatenated(certificate, primaryKey(4, 0, 0, 0)),
            concatenated(certificate, primaryKey(6, 0, 0, 0, 0, 99, 0, 0, 0, 4, 1, 2, 3)),
            concatenated(signatureFirst, certificate),
            certificate("armored").toArmored().getBytes(UTF_8),
            new byte[Keyring.MAX_BYTES + 1])) {
      assertThatExceptionOfType(MalformedInputException.class)
          .isThrownBy(() -> Keyring.parse(broken));
    }
    int end = 2 + Packet.readAll(certificate).get(0).body().length;
    for (int length = 1; length < end; length++) {
      byte[] truncated = Arrays.copyOf(certificate, length);
      assertThatExceptionOfType(MalformedInputException.class)
          .isThrownBy(() -> Keyring.parse(truncated));
    }
  }

  /** Downloads the package. */
  @Tag("heavy")
  @ParameterizedTest
  @ValueSource(strings = {"keyring", "maintainers", "nonupload", "role-keys"})
  void debiansOwnKeyrings(String name, @TempDir Path folder) throws Exception {
    GnuPg.Answer download =
        GnuPg.run(
            new byte[0],
            List.of(
                "sh",
                "-c",
                "cd \"$1\" && apt-get -q download debian-keyring && dpkg-deb -x *.deb .",
                "sh",
                folder.toString()));
    assertThat(download.exitCode()).as("apt-get download debian-keyring: " + download).isZero();
    Path file = folder.resolve("usr/share/keyrings/debian-" + name + ".gpg");
    GnuPg gpg = new GnuPg();
    byte[] listing =
        gpg.at(
            Instant.now(),
            new byte[0],
            "--no-default-keyring",
            "--keyring",
            file.toString(),
            "--with-colons",
            "--list-keys");
    gpg.remove();
    List<String> lines = GnuPg.text(listing).lines().toList();

    Keyring keyring = Keyring.parse(Files.readAllBytes(file));

    int primaries = 0;
    boolean ofPrimary = false;
    for (String line : lines) {
      ofPrimary |= line.startsWith("pub:");
      if (ofPrimary && line.startsWith("fpr:")) {
        ofPrimary = false;
        primaries++;
        Fingerprint fingerprint = Fingerprint.parse(line.split(":", -1)[9]);
        assertThat(keyring.contains(fingerprint)).as(line).isTrue();
      }
    }
    assertThat(primaries).isPositive();
    assertThat(keyring.size()).isEqualTo(primaries);
  }
}
