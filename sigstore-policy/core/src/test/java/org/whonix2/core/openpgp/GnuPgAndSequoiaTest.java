package org.whonix2.core.openpgp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.whonix2.core.openpgp.SignatureResult.Bad;
import org.whonix2.core.openpgp.SignatureResult.Good;

/** What Debian's gpg and sqv make of ours, and what we make of gpg's. */
class GnuPgAndSequoiaTest {
  private static final byte[] MESSAGE = "a message, ünïcode too\n".getBytes(UTF_8);
  private static final Instant NOW = Instant.parse("2025-06-01T00:00:00Z");
  private static final Instant MADE = NOW.minus(Duration.ofDays(100));
  private static final byte[] NOTHING = new byte[0];

  private static GnuPg gpg;

  @BeforeAll
  static void home() throws Exception {
    gpg = new GnuPg();
  }

  @AfterAll
  static void noHome() throws Exception {
    gpg.remove();
  }

  private static SecretKey ours(String name) throws Exception {
    return SecretKey.generate(name, MADE, Duration.ofDays(365));
  }

  @Test
  void gpgVerifiesOurs(@TempDir Path folder) throws Exception {
    SecretKey key = ours("for gpg");
    Path signature = Files.write(folder.resolve("sig"), key.sign(MESSAGE, NOW));
    Path message = Files.write(folder.resolve("message"), MESSAGE);
    gpg.at(NOW, key.certificate().toArmored().getBytes(UTF_8), "--import");

    byte[] status =
        gpg.at(NOW, NOTHING, "--status-fd", "1", "--verify", signature + "", message + "");

    assertThat(GnuPg.text(status))
        .contains("[GNUPG:] GOODSIG")
        .contains("VALIDSIG")
        .contains(key.certificate().fingerprint().hex().toUpperCase(Locale.ROOT));
    Files.write(message, "another message".getBytes(UTF_8));
    assertThat(gpg.tryAt(NOW, NOTHING, "--verify", signature + "", message + "").exitCode())
        .isNotZero();
  }

  @Test
  void sqvVerifiesOurs(@TempDir Path folder) throws Exception {
    // sqv's clock is the machine's.
    SecretKey key = SecretKey.generate("for sqv", MADE, Duration.ofDays(36_500));
    Path keyring = Files.writeString(folder.resolve("c.pgp"), key.certificate().toArmored());
    Path signature = Files.write(folder.resolve("sig"), key.sign(MESSAGE, NOW));
    Path message = Files.write(folder.resolve("message"), MESSAGE);
    // Property openpgp.sqv names another version's.
    String sqv = System.getProperty("openpgp.sqv", "sqv");
    List<String> command = List.of(sqv, "--keyring", keyring + "", signature + "", message + "");

    GnuPg.Answer answer = GnuPg.run(NOTHING, command);

    assertThat(answer.exitCode()).as(answer.toString()).isZero();
    assertThat(GnuPg.text(answer.output()).strip())
        .isEqualToIgnoringCase(key.certificate().fingerprint().hex());
    Files.write(message, "another message".getBytes(UTF_8));
    assertThat(GnuPg.run(NOTHING, command).exitCode()).isNotZero();
  }

  @Test
  void gpgTakesOurSecretKeyAndWeTakeGpgsBack() throws Exception {
    SecretKey key = ours("there and back");
    String fingerprint = key.certificate().fingerprint().hex();
    gpg.at(NOW, key.toArmored().getBytes(UTF_8), "--import");

    assertThat(key.certificate().verify(gpg.sign(NOW, fingerprint, MESSAGE), MESSAGE, NOW))
        .isInstanceOf(Good.class);

    byte[] exported = gpg.at(NOW, NOTHING, "--armor", "--export-secret-keys", fingerprint);
    SecretKey back = SecretKey.parse(exported);
    assertThat(key.certificate().verify(back.sign(MESSAGE, NOW), MESSAGE, NOW))
        .isInstanceOf(Good.class);

    byte[] withoutPrimary = gpg.at(NOW, NOTHING, "--armor", "--export-secret-subkeys", fingerprint);
    assertThat(withoutPrimary.length).isLessThan(exported.length);
    assertThat(
            key.certificate()
                .verify(SecretKey.parse(withoutPrimary).sign(MESSAGE, NOW), MESSAGE, NOW))
        .isInstanceOf(Good.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ed25519", "rsa2048", "rsa4096"})
  void weVerifyGpgs(String algorithm) throws Exception {
    String key = gpg.primary(MADE, "gpg " + algorithm, algorithm, "never");
    gpg.signingSubkey(MADE, key, algorithm, "1y");
    byte[] signature = gpg.sign(NOW, key, MESSAGE);
    Certificate certificate = gpg.certificate(key);

    assertThat(certificate.userIds()).containsExactly("gpg " + algorithm);
    assertThat(certificate.fingerprint()).isEqualTo(Fingerprint.parse(key));
    assertThat(certificate.verify(signature, MESSAGE, NOW))
        .isInstanceOfSatisfying(
            Good.class,
            good -> {
              assertThat(good.claimedTime()).isEqualTo(NOW);
              assertThat(good.signingKey()).isNotEqualTo(certificate.fingerprint());
            });
  }

  @ParameterizedTest
  @ValueSource(strings = {"SHA256", "SHA384", "SHA512"})
  void aPrimaryKeyThatMaySignCounts(String hash) throws Exception {
    String name = "cert and sign " + hash;
    gpg.at(MADE, NOTHING, "--quick-generate-key", name, "ed25519", "cert,sign", "never");
    byte[] signature = gpg.sign(NOW, "=" + name, MESSAGE, "--digest-algo", hash);
    Certificate certificate = gpg.certificate("=" + name);

    assertThat(certificate.verify(signature, MESSAGE, NOW))
        .isEqualTo(new Good(certificate.fingerprint(), NOW));
  }

  @Test
  void aDefaultKeyWithAnEncryptionSubkeyIsRead() throws Exception {
    gpg.at(MADE, NOTHING, "--quick-generate-key", "default", "default", "default", "never");
    gpg.at(MADE, NOTHING, "--quick-generate-key", "25519", "future-default", "default", "never");
    for (String name : List.of("=default", "=25519")) {
      byte[] signature = gpg.sign(NOW, name, MESSAGE);
      assertThat(gpg.certificate(name).verify(signature, MESSAGE, NOW)).isInstanceOf(Good.class);
    }
  }

  /** Each: what is wrong, and what the refusal says. */
  @Test
  void badSignatureKinds() throws Exception {
    String key = gpg.primary(MADE, "kinds", "ed25519", "never");
    gpg.signingSubkey(MADE, key, "ed25519", "1y");
    Certificate certificate = gpg.certificate(key);
    byte[] good = gpg.sign(NOW, key, MESSAGE);

    assertThat(certificate.verify(good, "other".getBytes(UTF_8), NOW))
        .isEqualTo(
            new Bad(
                "the signature does not fit the message: one of them was altered, or no key of"
                    + " certificate "
                    + certificate.fingerprint()
                    + " made it"));
    refused(certificate, gpg.sign(NOW, key, MESSAGE, "--textmode"), NOW, "type 0x01");
    refused(certificate, gpg.sign(NOW, key, MESSAGE, "--digest-algo", "SHA1"), NOW, "SHA-1");
    refused(certificate, gpg.sign(NOW, key, MESSAGE, "--digest-algo", "SHA224"), NOW, "SHA-224");
    Instant tomorrow = NOW.plus(Duration.ofDays(1));
    refused(certificate, gpg.sign(tomorrow, key, MESSAGE), NOW, "dated in the future");
    refused(
        certificate,
        gpg.sign(NOW.minus(Duration.ofDays(3)), key, MESSAGE, "--default-sig-expire", "2d"),
        NOW,
        "the signature expired at " + NOW.minus(Duration.ofDays(1)));
    refused(
        certificate,
        gpg.sign(NOW, key, MESSAGE, "--sig-notation", "!limit@example.org=tests only"),
        NOW,
        "critical subpacket that we do not understand, type 20");
    assertThat(
            certificate.verify(
                gpg.sign(NOW, key, MESSAGE, "--sig-notation", "note@example.org=harmless"),
                MESSAGE,
                NOW))
        .isInstanceOf(Good.class);
  }

  @Test
  void aFewMinutesOfClockSkewAreForgiven() throws Exception {
    String key = gpg.primary(MADE, "skew", "ed25519", "never");
    gpg.signingSubkey(MADE, key, "ed25519", "1y");
    byte[] signature = gpg.sign(NOW, key, MESSAGE);
    Instant tenBehind = NOW.minus(Duration.ofMinutes(10));

    assertThat(gpg.certificate(key).verify(signature, MESSAGE, tenBehind)).isInstanceOf(Good.class);
    refused(gpg.certificate(key), signature, tenBehind.minusSeconds(1), "dated in the future");
  }

  @Test
  void anotherKeysSignature() throws Exception {
    String one = gpg.primary(MADE, "one", "ed25519", "never");
    String two = gpg.primary(MADE, "two", "ed25519", "never");
    gpg.signingSubkey(MADE, one, "ed25519", "1y");
    gpg.signingSubkey(MADE, two, "ed25519", "1y");

    refused(gpg.certificate(one), gpg.sign(NOW, two, MESSAGE), NOW, "which is not in certificate");
  }

  @Test
  void expiredKeys() throws Exception {
    String primary = gpg.primary(MADE, "old primary", "ed25519", "30d");
    gpg.signingSubkey(MADE, primary, "ed25519", "never");
    byte[] inTime = gpg.sign(MADE.plus(Duration.ofDays(1)), primary, MESSAGE);
    refused(gpg.certificate(primary), inTime, NOW, "primary key", "expired at");
    assertThat(gpg.certificate(primary).verify(inTime, MESSAGE, MADE.plus(Duration.ofDays(29))))
        .isInstanceOf(Good.class);

    String subkey = gpg.primary(MADE, "old subkey", "ed25519", "never");
    gpg.signingSubkey(MADE, subkey, "ed25519", "30d");
    Instant early = MADE.plus(Duration.ofDays(1));
    byte[] signature = gpg.sign(early, subkey, MESSAGE);
    Certificate old = gpg.certificate(subkey);
    assertThat(old.verify(signature, MESSAGE, early)).isInstanceOf(Good.class);
    refused(old, signature, NOW, "subkey", "expired at");
    // The owner extends it: the newest binding counts.
    String expired = ((Good) old.verify(signature, MESSAGE, early)).signingKey().hex();
    gpg.at(NOW.minusSeconds(60), NOTHING, "--quick-set-expire", subkey, "1y", expired);
    assertThat(gpg.certificate(subkey).verify(gpg.sign(NOW, subkey, MESSAGE), MESSAGE, NOW))
        .isInstanceOf(Good.class);
  }

  @Test
  void revokedKeys() throws Exception {
    String primary = gpg.primary(MADE, "revoked primary", "ed25519", "never");
    gpg.signingSubkey(MADE, primary, "ed25519", "1y");
    byte[] before = gpg.sign(MADE.plus(Duration.ofDays(1)), primary, MESSAGE);
    byte[] revocation =
        gpg.edit(MADE.plus(Duration.ofDays(2)), "--gen-revoke", primary, "y\n0\n\ny\n");
    gpg.at(NOW, revocation, "--import");
    refused(gpg.certificate(primary), before, NOW, "primary key", "is revoked");

    String subkey = gpg.primary(MADE, "revoked subkey", "ed25519", "never");
    gpg.signingSubkey(MADE, subkey, "ed25519", "1y");
    byte[] bySubkey = gpg.sign(MADE.plus(Duration.ofDays(1)), subkey, MESSAGE);
    gpg.edit(
        MADE.plus(Duration.ofDays(2)), "--edit-key", subkey, "key 1\nrevkey\ny\n1\n\ny\nsave\n");
    refused(gpg.certificate(subkey), bySubkey, NOW, "subkey", "is revoked");

    // Its only name taken back, the primary key says nothing about itself any more.
    String name = gpg.primary(MADE, "revoked name", "ed25519", "never");
    gpg.signingSubkey(MADE, name, "ed25519", "1y");
    byte[] byNameless = gpg.sign(NOW, name, MESSAGE);
    gpg.at(NOW, NOTHING, "--quick-add-uid", name, "second name");
    gpg.at(NOW, NOTHING, "--quick-revoke-uid", name, "revoked name");
    assertThat(gpg.certificate(name).userIds()).containsExactly("second name");
    assertThat(gpg.certificate(name).verify(byNameless, MESSAGE, NOW)).isInstanceOf(Good.class);
  }

  @Test
  void noSignFlag() throws Exception {
    String key = gpg.primary(MADE, "usage", "ed25519", "never");
    gpg.signingSubkey(MADE, key, "ed25519", "1y");
    byte[] signature = gpg.sign(MADE.plus(Duration.ofDays(1)), key, MESSAGE);
    gpg.edit(
        MADE.plus(Duration.ofDays(2)), "--edit-key", key, "key 1\nchange-usage\nS\nA\nQ\nsave\n");
    refused(gpg.certificate(key), signature, NOW, "subkey", "has no sign flag");
  }

  @Test
  void weakKeysAndWeakSelfSignatures() throws Exception {
    String rsa = gpg.primary(MADE, "short", "rsa1024", "never");
    gpg.signingSubkey(MADE, rsa, "ed25519", "1y");
    refused(
        gpg.certificate(rsa), gpg.sign(NOW, rsa, MESSAGE), NOW, "primary key", "RSA of 1024 bits");

    String subkey = gpg.primary(MADE, "short subkey", "ed25519", "never");
    gpg.signingSubkey(MADE, subkey, "rsa1024", "1y");
    refused(
        gpg.certificate(subkey), gpg.sign(NOW, subkey, MESSAGE), NOW, "subkey", "RSA of 1024 bits");

    gpg.at(
        MADE,
        NOTHING,
        "--cert-digest-algo",
        "SHA1",
        "--quick-generate-key",
        "sha-1",
        "ed25519",
        "cert,sign",
        "never");
    refused(
        gpg.certificate("=sha-1"),
        gpg.sign(NOW, "=sha-1", MESSAGE),
        NOW,
        "the self-signature of primary key",
        "is hashed with SHA-1");
  }

  /**
   * gpg writes the issuer's key id into the unhashed area; that and the header's form may change.
   */
  @ParameterizedTest
  @ValueSource(strings = {"ed25519", "rsa2048"})
  void everyBitOfGpgsSignature(String algorithm) throws Exception {
    String name = "bits " + algorithm;
    gpg.at(MADE, NOTHING, "--quick-generate-key", name, algorithm, "cert,sign", "never");
    Certificate certificate = gpg.certificate("=" + name);
    byte[] signature = gpg.sign(NOW, "=" + name, MESSAGE);
    byte[] body = Packet.readAll(signature).get(0).body();
    int header = signature.length - body.length;
    int unhashedLength = header + 6 + ((body[4] & 0xff) << 8 | (body[5] & 0xff));
    int unhashed = unhashedLength + 2;
    int end = unhashed + (signature[unhashedLength] << 8 | (signature[unhashedLength + 1] & 0xff));

    int harmless = 0;
    for (int bit = 0; bit < 8 * signature.length; bit++) {
      byte[] altered = signature.clone();
      altered[bit / 8] ^= (byte) (1 << bit % 8);
      if (certificate.verify(altered, MESSAGE, NOW) instanceof Good) {
        assertThat(bit / 8).isBetween(unhashed, end - 1);
        harmless++;
      }
    }
    assertThat(harmless).isPositive();
  }

  private static void refused(
      Certificate certificate, byte[] signature, Instant at, String... because) {
    assertThat(certificate.verify(signature, MESSAGE, at))
        .isInstanceOfSatisfying(Bad.class, bad -> assertThat(bad.reason()).contains(because));
  }
}
