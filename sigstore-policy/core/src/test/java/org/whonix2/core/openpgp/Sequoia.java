package org.whonix2.core.openpgp;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The real sq of Debian 12, with a folder of keys. */
final class Sequoia implements CertificateMaker {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

  private final Path folder;
  private final Instant made;

  Sequoia(Path folder, Instant made) {
    this.folder = folder;
    this.made = made;
  }

  private static byte[] sq(byte[] input, String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("sq"));
    command.addAll(Arrays.asList(arguments));
    GnuPg.Answer answer = GnuPg.run(input, command);
    if (answer.exitCode() != 0) {
      throw new AssertionError(command + " ended with " + answer);
    }
    return answer.output();
  }

  private Path secret(String key) {
    return folder.resolve(key + ".key");
  }

  @Override
  public String tool() {
    return "sq";
  }

  @Override
  public String key(String name, int days) throws Exception {
    String expires = days == 0 ? "never" : TIME.format(made.plusSeconds(days * 86_400L));
    sq(
        new byte[0],
        "key",
        "generate",
        "--userid",
        name,
        "--creation-time",
        TIME.format(made),
        "--expires",
        expires,
        "--export",
        secret(name).toString());
    return name;
  }

  @Override
  public Certificate certificate(String key) throws Exception {
    return Certificate.parse(sq(new byte[0], "key", "extract-cert", secret(key).toString()));
  }

  /** With the secrets. */
  byte[] secretKey(String key) throws IOException {
    return Files.readAllBytes(secret(key));
  }

  @Override
  public byte[] sign(String key, Instant time, byte[] message) throws Exception {
    return sq(
        message,
        "sign",
        "--binary",
        "--detached",
        "--time",
        TIME.format(time),
        "--signer-key",
        secret(key).toString());
  }

  private static String named(GnuPg.Reason reason) {
    return switch (reason) {
      case NONE -> "unspecified";
      case COMPROMISED -> "compromised";
      case SUPERSEDED -> "superseded";
      case RETIRED -> "retired";
    };
  }

  @Override
  public Certificate revoked(String key, Instant time, GnuPg.Reason reason) throws Exception {
    List<Packet> packets = new ArrayList<>(Packet.readAll(certificate(key).toBytes()));
    byte[] revocation =
        sq(
            new byte[0],
            "revoke",
            "certificate",
            "--time",
            TIME.format(time),
            "--certificate",
            secret(key).toString(),
            named(reason),
            "");
    // Not a certificate, whatever its armor says: the signature alone.
    packets.addAll(1, Armor.readPackets(Armor.PUBLIC, revocation));
    return Certificate.parse(Packet.write(packets));
  }

  @Override
  public Certificate subkeyRevoked(
      String key, Fingerprint subkey, Instant time, GnuPg.Reason reason) throws Exception {
    Path open = Files.writeString(folder.resolve("open.pgp"), certificate(key).toArmored(), UTF_8);
    return Certificate.parse(
        sq(
            new byte[0],
            "revoke",
            "subkey",
            "--time",
            TIME.format(time),
            "--certificate",
            open.toString(),
            "--revocation-key",
            secret(key).toString(),
            subkey.hex(),
            named(reason),
            ""));
  }

  /** The certificate after it took over another one's signing subkey, which stays there too. */
  Certificate adopted(String key, String from, Fingerprint subkey) throws Exception {
    byte[] joined =
        sq(
            new byte[0],
            "key",
            "adopt",
            "--keyring",
            secret(from).toString(),
            "--key",
            subkey.hex(),
            secret(key).toString());
    return Certificate.parse(sq(joined, "key", "extract-cert"));
  }

  /** A certification of another certificate's user id: the packet of that signature. */
  byte[] certification(String by, String of, Instant time) throws Exception {
    Path open = Files.writeString(folder.resolve("other.pgp"), certificate(of).toArmored(), UTF_8);
    byte[] certified =
        sq(
            new byte[0],
            "certify",
            "--time",
            TIME.format(time),
            secret(by).toString(),
            open.toString(),
            of);
    String certifier = certificate(by).fingerprint().hex();
    for (Packet packet : Armor.readPackets(Armor.PUBLIC, certified)) {
      if (packet.tag() == Packet.SIGNATURE
          && Signature.parse(packet.body()).subpackets().issuers().contains(certifier)) {
        return SigningKey.framed(packet.body());
      }
    }
    throw new AssertionError("sq certified nothing");
  }
}
