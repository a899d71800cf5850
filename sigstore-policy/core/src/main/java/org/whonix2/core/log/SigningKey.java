package org.whonix2.core.log;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;
import org.bouncycastle.math.ec.rfc8032.Ed25519;
import org.whonix2.core.MalformedInputException;

/**
 * The secret half of a {@link VerifierKey}: an Ed25519 seed (RFC 8032). Its text is {@code
 * PRIVATE+KEY+} and the form of a vkey, with the vkey's id and the seed, as Go's sumdb/note writes
 * it; only {@link #format} gives it out.
 */
public final class SigningKey {
  private static final String PREFIX = "PRIVATE+KEY+";

  private final byte[] seed;
  private final VerifierKey verifierKey;

  private SigningKey(byte[] seed, VerifierKey verifierKey) {
    this.seed = seed;
    this.verifierKey = verifierKey;
  }

  /** A new key. */
  public static SigningKey generate(String name, SignatureType type, SecureRandom random)
      throws MalformedInputException {
    byte[] seed = new byte[Ed25519.SECRET_KEY_SIZE];
    Ed25519.generatePrivateKey(random, seed);
    return ofSeed(name, type, seed);
  }

  static SigningKey ofSeed(String name, SignatureType type, byte[] seed)
      throws MalformedInputException {
    byte[] publicKey = new byte[Ed25519.PUBLIC_KEY_SIZE];
    Ed25519.generatePublicKey(seed, 0, publicKey, 0);
    return new SigningKey(seed.clone(), VerifierKey.of(name, type, publicKey));
  }

  /** Reads what {@link #format} writes; one newline at the end is allowed. */
  public static SigningKey parse(String text) throws MalformedInputException {
    if (!text.startsWith(PREFIX)) {
      throw new MalformedInputException("expected a secret key that begins with " + PREFIX);
    }
    int end = text.endsWith("\n") ? text.length() - 1 : text.length();
    KeyText parts = KeyText.parse(text.substring(PREFIX.length(), end));
    SigningKey key = ofSeed(parts.name(), parts.type(), parts.material());
    if (key.verifierKey.keyId() != parts.keyId()) {
      throw new MalformedInputException(
          "expected the id of its public key in the secret key of " + parts.name());
    }
    return key;
  }

  /** The secret, as text of one line without a newline. */
  public String format() {
    return PREFIX
        + new KeyText(verifierKey.name(), verifierKey.keyId(), verifierKey.type(), seed).format();
  }

  public VerifierKey verifierKey() {
    return verifierKey;
  }

  /** The public key as text: the "vkey" that others put into their configuration. */
  public String vkey() {
    return verifierKey.toString();
  }

  /**
   * Signs a note's text.
   *
   * @throws IllegalStateException if this is a witness's key, see {@link #cosign}
   */
  public NoteSignature sign(String text) {
    require(SignatureType.ED25519);
    return NoteSignature.by(verifierKey, signRaw(text.getBytes(StandardCharsets.UTF_8)));
  }

  /**
   * Cosigns a checkpoint at this time, in whole seconds.
   *
   * @throws IllegalStateException if this is a log's key, see {@link #sign}
   */
  public NoteSignature cosign(Checkpoint checkpoint, Instant at) {
    require(SignatureType.COSIGNATURE);
    return Cosignature.sign(this, checkpoint.format(), at);
  }

  private void require(SignatureType type) {
    if (verifierKey.type() != type) {
      throw new IllegalStateException(
          "expected a key of type " + type + ", found " + verifierKey.type());
    }
  }

  byte[] signRaw(byte[] message) {
    byte[] signature = new byte[Ed25519.SIGNATURE_SIZE];
    Ed25519.sign(seed, 0, message, 0, message.length, signature, 0);
    return signature;
  }

  /** Names the key; never the secret. */
  @Override
  public String toString() {
    return "secret key of " + verifierKey.name();
  }
}
