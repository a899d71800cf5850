package org.whonix2.core.fuzz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.whonix2.core.fuzz.Parsed.bytes;
import static org.whonix2.core.fuzz.Parsed.text;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.time.Instant;
import java.util.Optional;
import org.whonix2.core.openpgp.Certificate;
import org.whonix2.core.openpgp.Fingerprint;
import org.whonix2.core.openpgp.Keyring;
import org.whonix2.core.openpgp.SecretKey;
import org.whonix2.core.openpgp.SignatureResult;

class OpenPgpFuzzTest {
  private static final Instant NOW = Instant.parse("2026-06-01T00:00:00Z");
  private static final Certificate SIGNER = Samples.certificate();

  @FuzzTest
  void fingerprint(byte[] input) {
    Parsed.comesBack(input, in -> Fingerprint.parse(text(in)), Parsed::bytes);
  }

  @FuzzTest
  void certificate(byte[] input) {
    Parsed.comesBack(input, Certificate::parse, Certificate::toBytes);
    Parsed.comesBack(input, Certificate::parse, read -> bytes(read.toArmored()));
  }

  /** A keyring of one certificate that is read has that certificate's primary key. */
  @FuzzTest
  void keyring(byte[] input) {
    Optional<Keyring> ring = Parsed.orRefused(input, Keyring::parse);
    Optional<Certificate> read =
        input.length > 0 && input[0] == '-'
            ? Optional.empty()
            : Parsed.orRefused(input, Certificate::parse);
    read.ifPresent(one -> assertThat(ring.orElseThrow().contains(one.fingerprint())).isTrue());
  }

  /** Whatever the signature is, the answer is a value; only the sample's own is good. */
  @FuzzTest
  void detachedSignature(byte[] input) {
    SignatureResult result = SIGNER.verify(input, Samples.MESSAGE, NOW);
    if (result instanceof SignatureResult.Bad bad) {
      assertThat(bad.reason()).isNotEmpty();
    }
  }

  @FuzzTest
  void secretKey(byte[] input) {
    Parsed.comesBack(input, SecretKey::parse, key -> bytes(key.toArmored()));
  }
}
