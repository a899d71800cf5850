package org.whonix2.core.fuzz;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.whonix2.core.fuzz.Parsed.bytes;
import static org.whonix2.core.fuzz.Parsed.text;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.Optional;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.openpgp.Certificate;
import org.whonix2.core.openpgp.Fingerprint;
import org.whonix2.core.openpgp.Keyring;
import org.whonix2.core.openpgp.SecretKey;
import org.whonix2.core.openpgp.SignatureResult;
import org.whonix2.core.openpgp.SignedText;
import org.whonix2.core.openpgp.SignerSearch;

class OpenPgpFuzzTest {
  private static final Instant NOW = Instant.parse("2026-06-01T00:00:00Z");
  private static final Certificate SIGNER = Samples.certificate();
  private static final Certificate TEXT_SIGNER = Samples.signer();
  private static final SignedText SIGNED_TEXT = Samples.signedText();

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

  /** Only the sample's own text is signed by the sample's signer, however it is written. */
  @FuzzTest
  void signedText(byte[] input) throws Exception {
    Optional<SignedText> read = Parsed.orRefused(input, SignedText::parse);
    if (read.isPresent()) {
      assertThat(writtenAgain(input, read.get()).text()).isEqualTo(read.get().text());
      if (search(read.get(), TEXT_SIGNER.toBytes()).signedBy().isPresent()) {
        assertThat(read.get().text()).isEqualTo(Samples.MESSAGE);
      }
    }
  }

  /** The text in its plainest form before the armor that it came with. */
  private static SignedText writtenAgain(byte[] input, SignedText read) throws Exception {
    String all = new String(input, ISO_8859_1);
    String armor = all.substring(all.lastIndexOf("-----BEGIN PGP SIGNATURE-----"));
    String text = new String(read.text(), ISO_8859_1).replaceAll("(?md)^-", "- -");
    String plain = "-----BEGIN PGP SIGNED MESSAGE-----\n\n" + text + armor;
    return SignedText.parse(plain.getBytes(ISO_8859_1));
  }

  /** A keyring is read or refused; nobody in it but the sample's signer signed the sample. */
  @FuzzTest
  void signerSearch(byte[] input) {
    Parsed.orRefused(input, in -> search(SIGNED_TEXT, in))
        .flatMap(SignerSearch.Result::signedBy)
        .ifPresent(signer -> assertThat(signer.certificate()).isEqualTo(TEXT_SIGNER.fingerprint()));
  }

  private static SignerSearch.Result search(SignedText text, byte[] keyring)
      throws MalformedInputException {
    SignerSearch search = new SignerSearch(text.signatures());
    try {
      search.in(new ByteArrayInputStream(keyring));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return search.result(NOW);
  }

  @FuzzTest
  void secretKey(byte[] input) {
    Parsed.comesBack(input, SecretKey::parse, key -> bytes(key.toArmored()));
  }
}
