package org.whonix2.core.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.log.Checkpoint;
import org.whonix2.core.log.VerifierKey;
import org.whonix2.core.openpgp.Certificate;
import org.whonix2.core.openpgp.SignedText;

/** Fixed keys, so that an input of the corpus means the same in every run. */
final class Samples {
  /** What the seed of the signatures signs. */
  static final byte[] MESSAGE = "what was signed\n".getBytes(UTF_8);

  private Samples() {}

  static Certificate certificate() {
    try {
      return Certificate.parse(read("certificate.asc"));
    } catch (MalformedInputException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Whose signature the signed text bears. */
  static Certificate signer() {
    try {
      return Certificate.parse(read("signer.asc"));
    } catch (MalformedInputException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The message, as gpg --clearsign wrote it. */
  static SignedText signedText() {
    try {
      return SignedText.parse(read("signed-text.asc"));
    } catch (MalformedInputException e) {
      throw new IllegalStateException(e);
    }
  }

  static VerifierKey witness() {
    try {
      return VerifierKey.parse(new String(read("witness.vkey"), UTF_8).strip());
    } catch (MalformedInputException e) {
      throw new IllegalStateException(e);
    }
  }

  /** What the witness cosigned in the seed. */
  static Checkpoint checkpoint() {
    try {
      return Checkpoint.parse(new String(read("checkpoint"), UTF_8));
    } catch (MalformedInputException e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] read(String name) {
    try (InputStream in = Objects.requireNonNull(Samples.class.getResourceAsStream(name))) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
