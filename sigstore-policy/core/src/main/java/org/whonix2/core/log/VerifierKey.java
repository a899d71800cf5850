package org.whonix2.core.log;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import org.bouncycastle.math.ec.rfc8032.Ed25519;
import org.whonix2.core.MalformedInputException;

/** A public key that verifies notes, with its name: a "vkey" of C2SP signed-note. */
public final class VerifierKey {
  private final String name;
  private final SignatureType type;
  private final byte[] publicKey;
  private final int keyId;

  private VerifierKey(String name, SignatureType type, byte[] publicKey) {
    this.name = name;
    this.type = type;
    this.publicKey = publicKey;
    this.keyId = KeyName.keyId(name, type, publicKey);
  }

  /** Reads {@code name+hex(key id)+base64(type || public key)}; the inverse of toString. */
  public static VerifierKey parse(String vkey) throws MalformedInputException {
    KeyText text = KeyText.parse(vkey);
    VerifierKey key = of(text.name(), text.type(), text.material());
    if (key.keyId != text.keyId()) {
      throw new MalformedInputException(
          "expected key id "
              + KeyText.hex(key.keyId)
              + " in the key of "
              + key.name
              + ", found "
              + KeyText.hex(text.keyId()));
    }
    return key;
  }

  static VerifierKey of(String name, SignatureType type, byte[] publicKey)
      throws MalformedInputException {
    // A point of small order would verify signatures that nobody made.
    if (!Ed25519.validatePublicKeyFull(publicKey, 0)) {
      throw new MalformedInputException(
          "expected an Ed25519 public key of prime order in the key of " + name);
    }
    return new VerifierKey(KeyName.check(name), type, publicKey.clone());
  }

  public String name() {
    return name;
  }

  public SignatureType type() {
    return type;
  }

  /** A hint to find the key that a signature line names; it proves nothing. */
  public int keyId() {
    return keyId;
  }

  /** Whether the two have one public key, whatever their names and types. */
  public boolean samePublicKey(VerifierKey other) {
    return Arrays.equals(publicKey, other.publicKey);
  }

  /** Whether a signature line names this key. */
  public boolean isNamedBy(NoteSignature signature) {
    return signature.keyId() == keyId && signature.keyName().equals(name);
  }

  /** Whether this key, of either type, made this signature over the note text. */
  public boolean verify(String text, NoteSignature signature) {
    if (!isNamedBy(signature)) {
      return false;
    }
    byte[] bytes = signature.bytes();
    if (type == SignatureType.COSIGNATURE) {
      return Cosignature.verify(this, text, signature).isPresent();
    }
    return verifyRaw(text.getBytes(StandardCharsets.UTF_8), bytes, 0);
  }

  /** When this witness cosigned this checkpoint text; empty unless it made this signature. */
  public Optional<Instant> cosignedAt(String text, NoteSignature signature) {
    return Cosignature.verify(this, text, signature).map(Cosignature::time);
  }

  /** Ed25519 over {@code message}; the signature reaches from {@code offset} to the end. */
  boolean verifyRaw(byte[] message, byte[] signature, int offset) {
    return signature.length - offset == Ed25519.SIGNATURE_SIZE
        && Ed25519.verify(signature, offset, publicKey, 0, message, 0, message.length);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof VerifierKey that
        && type == that.type
        && name.equals(that.name)
        && samePublicKey(that);
  }

  @Override
  public int hashCode() {
    return keyId;
  }

  /** The vkey. */
  @Override
  public String toString() {
    return new KeyText(name, keyId, type, publicKey).format();
  }
}
