package org.whonix2.core.dsse;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.AlgorithmParameters;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.openpgp.Certificate;
import org.whonix2.core.openpgp.SecretKey;

class EnvelopeTest {
  private static final Instant MADE = Instant.parse("2026-01-01T00:00:00Z");
  private static final Instant NOW = Instant.parse("2026-06-01T00:00:00Z");
  private static final String TYPE = "application/vnd.in-toto+json";
  private static final byte[] PAYLOAD = "{\"a\" : \"ü\"}\n".getBytes(UTF_8);

  private static SecretKey key;

  @BeforeAll
  static void generate() throws Exception {
    // sqv's clock is the machine's.
    key = SecretKey.generate("alpha-1", MADE, Duration.ofDays(36_500));
  }

  /** Lengths are of bytes, not of characters. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      ignoreLeadingAndTrailingWhitespace = false,
      value = {
        "ü|€𝄞|DSSEv1 2 ü 7 €𝄞",
        "t|''|DSSEv1 1 t 0 ",
      })
  void preAuthenticationEncoding(String type, String body, String expected) {
    assertThat(PreAuthentication.encode(type, body.getBytes(UTF_8)))
        .isEqualTo(expected.getBytes(UTF_8));
  }

  /**
   * The DSSE specification's own vector: the envelope is read, and its signature is over our PAE.
   */
  @Test
  void theSpecificationsVector() throws Exception {
    Path vectors = Path.of("src/test/resources/vectors/third-party/dsse");
    Envelope envelope = Envelope.parse(Files.readAllBytes(vectors.resolve("hello-world.json")));
    byte[] pae = Files.readAllBytes(vectors.resolve("hello-world.pae"));

    assertThat(envelope.payload()).isEqualTo("hello world".getBytes(UTF_8));
    assertThat(envelope.payloadType()).isEqualTo("http://example.com/HelloWorld");
    assertThat(envelope.preAuthentication()).isEqualTo(pae);
    AlgorithmParameters curve = AlgorithmParameters.getInstance("EC");
    curve.init(new ECGenParameterSpec("secp256r1"));
    ECPoint point =
        new ECPoint(
            new BigInteger(
                "46950820868899156662930047687818585632848591499744589407958293238635476079160"),
            new BigInteger(
                "5640078356564379163099075877009565129882514886557779369047442380624545832820"));
    ECParameterSpec parameters = curve.getParameterSpec(ECParameterSpec.class);
    Signature ecdsa = Signature.getInstance("SHA256withECDSAinP1363Format");
    ecdsa.initVerify(
        KeyFactory.getInstance("EC").generatePublic(new ECPublicKeySpec(point, parameters)));
    ecdsa.update(envelope.preAuthentication());
    assertThat(ecdsa.verify(envelope.signatures().get(0).sig())).isTrue();
  }

  @Test
  void signWriteReadVerify() throws Exception {
    byte[] bytes = Envelope.sign(TYPE, PAYLOAD, key, NOW).toBytes();
    Envelope read = Envelope.parse(bytes);

    assertThat(read.toBytes()).isEqualTo(bytes);
    assertThat(new String(bytes, UTF_8)).startsWith("{\"payload\":\"").doesNotContain("\n");
    assertThat(verify(read))
        .isInstanceOfSatisfying(
            Verification.Verified.class,
            verified -> {
              assertThat(verified.envelope().payload()).isEqualTo(PAYLOAD);
              assertThat(verified.envelope().payloadType()).isEqualTo(TYPE);
              assertThat(verified.envelope().signer()).isEqualTo(key.certificate().fingerprint());
              assertThat(verified.envelope().claimedTime()).isEqualTo(NOW);
            });
  }

  @Test
  void sqvVerifiesOurs(@TempDir Path folder) throws Exception {
    Envelope envelope = Envelope.sign(TYPE, PAYLOAD, key, NOW);
    Path keyring = Files.writeString(folder.resolve("c.pgp"), key.certificate().toArmored());
    Path sig = Files.write(folder.resolve("sig.bin"), envelope.signatures().get(0).sig());
    Path pae = Files.write(folder.resolve("pae.bin"), envelope.preAuthentication());

    Process sqv =
        new ProcessBuilder("sqv", "--keyring", keyring + "", sig + "", pae + "")
            .redirectErrorStream(true)
            .start();
    String said = new String(sqv.getInputStream().readAllBytes(), UTF_8);

    assertThat(sqv.waitFor()).as(said).isZero();
    assertThat(said.strip()).isEqualToIgnoringCase(key.certificate().fingerprint().hex());
  }

  /** Each: what the attacker alters, and what the box says. */
  @Test
  void alterationsAreRejected() throws Exception {
    String good = new String(Envelope.sign(TYPE, PAYLOAD, key, NOW).toBytes(), UTF_8);
    String payload = Base64.getEncoder().encodeToString(PAYLOAD);
    String other = Base64.getEncoder().encodeToString("{}".getBytes(UTF_8));
    String own = key.certificate().fingerprint().hex();
    String one = good.substring(good.indexOf("{\"keyid"), good.length() - 2);

    rejected(good.replace(payload, other), Verification.Cause.BAD_SIGNATURE, "does not fit");
    rejected(good.replace("in-toto", "in-tota"), Verification.Cause.BAD_SIGNATURE, "does not fit");
    rejected(good.replace(own, ""), Verification.Cause.UNKNOWN_KEY, "key id ''");
    rejected(good.replace(own, "0".repeat(40)), Verification.Cause.UNKNOWN_KEY, "0".repeat(40));
    rejected(
        good.replace(one, one + "," + one),
        Verification.Cause.BAD_SIGNATURE,
        "exactly one signature, found 2");
  }

  @Test
  void aKeyIdThatLeadsToAnotherCertificateDoesNotHelp() throws Exception {
    Certificate other = SecretKey.generate("other", MADE, Duration.ofDays(365)).certificate();
    Envelope envelope = Envelope.sign(TYPE, PAYLOAD, key, NOW);

    assertThat(VerifiedEnvelope.verify(envelope, fingerprint -> Optional.of(other), NOW))
        .isInstanceOfSatisfying(
            Verification.Rejected.class,
            rejected -> assertThat(rejected.cause()).isEqualTo(Verification.Cause.BAD_SIGNATURE));
  }

  @Test
  void everyAlteredByteIsMalformedOrRejectedOrChangesNothingSigned() throws Exception {
    byte[] good = Envelope.sign(TYPE, PAYLOAD, key, NOW).toBytes();
    for (int at = 0; at < good.length; at++) {
      for (int bit = 0; bit < 8; bit++) {
        byte[] altered = good.clone();
        altered[at] ^= (byte) (1 << bit);
        try {
          // Upper case in the key id, a hint, is all that may differ.
          if (verify(Envelope.parse(altered)) instanceof Verification.Verified verified) {
            assertThat(new String(altered, UTF_8)).isEqualToIgnoringCase(new String(good, UTF_8));
            assertThat(verified.envelope().payload()).isEqualTo(PAYLOAD);
          }
        } catch (MalformedInputException e) {
          assertThat(e.getMessage()).isNotEmpty();
        }
      }
    }
    for (int length = 0; length < good.length; length++) {
      byte[] cut = Arrays.copyOf(good, length);
      assertThatExceptionOfType(MalformedInputException.class)
          .isThrownBy(() -> Envelope.parse(cut));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{}",
        "{\"payload\":\"YQ==\",\"payloadType\":\"t\"}",
        "{\"payload\":\"YQ==\",\"payloadType\":\"t\",\"signatures\":[]}",
        "{\"payload\":\"YQ==\",\"payloadType\":\"t\",\"signatures\":[1]}",
        "{\"payload\":\"YQ==\",\"payloadType\":\"t\",\"signatures\":[{\"keyid\":\"k\"}]}",
        "{\"payload\":\"YQ==\",\"payloadType\":\"\",\"signatures\":[{\"sig\":\"YQ==\"}]}",
        "{\"payload\":\"YQ==\",\"payloadType\":\"\\ud800\",\"signatures\":[{\"sig\":\"YQ==\"}]}",
        "{\"payload\":\"YQ==\",\"payloadType\":1,\"signatures\":[{\"sig\":\"YQ==\"}]}",
        "{\"payload\":\"YQ==\",\"payloadType\":\"t\",\"signatures\":[{\"sig\":\"YQ==\"}],\"x\":1}",
        "{\"payload\":\"YQ==\",\"payloadType\":\"t\",\"signatures\":[{\"sig\":\"YQ==\",\"x\":1}]}",
        "{\"payload\":\"YQ==\",\"payload\":\"Yg==\",\"payloadType\":\"t\",\"signatures\":[{\"sig\":\"YQ==\"}]}",
        "{\"payload\":\"YQ==\",\"payloadType\":\"t\",\"signatures\":[{\"sig\":\"YQ==\"}]} {}",
        "{\"payload\":\"YQ==\",\"payloadType\":\"t\",\"signatures\":[{\"sig\":\"YQ==\"}],}",
        "\ufeff{\"payload\":\"YQ==\",\"payloadType\":\"t\",\"signatures\":[{\"sig\":\"YQ==\"}]}",
      })
  void malformedEnvelopes(String json) {
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> Envelope.parse(json.getBytes(UTF_8)));
  }

  @Test
  void theBareMinimumIsRead() throws Exception {
    String json =
        "{\"payload\":\"YQ==\",\"payloadType\":\"t\",\"signatures\":[{\"sig\":\"YQ==\"}]}";

    assertThat(Envelope.parse(json.getBytes(UTF_8)).payload()).isEqualTo(new byte[] {'a'});
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> Envelope.parse(json.getBytes(StandardCharsets.UTF_16)));
  }

  @ParameterizedTest
  @CsvSource({
    "'',''",
    "YQ==,61",
    "YQ,61",
    "YWI=,6162",
    "YWI,6162",
    "+/+/,fbffbf",
    "-_-_,fbffbf",
    "-_8=,fbff",
    "-_8,fbff",
  })
  void base64ThatIsRead(String text, String hex) throws Exception {
    assertThat(HexFormat.of().formatHex(Base64Member.parse(text))).isEqualTo(hex);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "+_+_",
        "-/",
        "+/8",
        "YQ=",
        "YQ===",
        "YR==",
        "YQ==YQ==",
        "YQ= =",
        " YQ==",
        "YQ==\n",
        "Y",
        "Y===",
        "=",
        "====",
        "Y\u00fc==",
        "YQ\u0000=",
        "_w+",
        "-_9",
        "YWI=\r\n",
      })
  void base64ThatIsRefused(String text) {
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> Base64Member.parse(text));
  }

  @Test
  void theLargestEnvelopeIsRefusedBeyondItsLimit() throws Exception {
    byte[] fits = new byte[48_000];
    assertThat(Envelope.parse(Envelope.sign(TYPE, fits, key, NOW).toBytes()).payload())
        .hasSize(fits.length);
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> Envelope.sign(TYPE, new byte[49_000], key, NOW))
        .withMessageContaining("at most 65535 bytes, found");
  }

  private static Verification verify(Envelope envelope) {
    List<Certificate> known = List.of(key.certificate());
    return VerifiedEnvelope.verify(
        envelope,
        fingerprint -> known.stream().filter(c -> c.fingerprint().equals(fingerprint)).findFirst(),
        NOW);
  }

  private static void rejected(String json, Verification.Cause cause, String because)
      throws MalformedInputException {
    assertThat(verify(Envelope.parse(json.getBytes(UTF_8))))
        .isInstanceOfSatisfying(
            Verification.Rejected.class,
            rejected -> {
              assertThat(rejected.cause()).isEqualTo(cause);
              assertThat(rejected.reason()).contains(because);
            });
  }
}
