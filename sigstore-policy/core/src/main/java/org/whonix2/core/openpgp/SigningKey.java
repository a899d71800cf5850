package org.whonix2.core.openpgp;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.bouncycastle.bcpg.BCPGInputStream;
import org.bouncycastle.bcpg.EdSecretBCPGKey;
import org.bouncycastle.bcpg.MPInteger;
import org.bouncycastle.bcpg.SecretKeyPacket;
import org.bouncycastle.bcpg.SignaturePacket;
import org.bouncycastle.bcpg.SignatureSubpacket;
import org.bouncycastle.bcpg.sig.IssuerFingerprint;
import org.bouncycastle.bcpg.sig.IssuerKeyID;
import org.bouncycastle.bcpg.sig.SignatureCreationTime;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.bouncycastle.math.ec.rfc8032.Ed25519;
import org.bouncycastle.util.BigIntegers;
import org.whonix2.core.MalformedInputException;

/** An Ed25519 key pair, primary key or subkey, that makes signature packets. */
final class SigningKey {
  /** With which all our signatures are made. */
  static final HashAlgorithm HASH = HashAlgorithm.SHA512;

  private static final int HALF = Ed25519.SIGNATURE_SIZE / 2;

  private final PublicKey key;
  private final Ed25519PrivateKeyParameters secret;

  private SigningKey(PublicKey key, Ed25519PrivateKeyParameters secret) {
    this.key = key;
    this.secret = secret;
  }

  static SigningKey generate(Instant created, SecureRandom random) {
    Ed25519PrivateKeyParameters secret = new Ed25519PrivateKeyParameters(random);
    byte[] body = PublicKey.ed25519Body(created, secret.generatePublicKey().getEncoded());
    try {
      return new SigningKey(PublicKey.parse(body), secret);
    } catch (MalformedInputException e) {
      throw new IllegalStateException("a key just made cannot be read", e);
    }
  }

  PublicKey key() {
    return key;
  }

  /** The body of an unprotected secret key packet (RFC 9580, section 5.5.3). */
  byte[] secretBody() {
    byte[] number = new EdSecretBCPGKey(new BigInteger(1, secret.getEncoded())).getEncoded();
    byte[] open = key.body();
    return ByteBuffer.allocate(open.length + 1 + number.length + 2)
        .put(open)
        .put((byte) SecretKeyPacket.USAGE_NONE)
        .put(number)
        .putShort(checksum(number))
        .array();
  }

  private static short checksum(byte[] number) {
    int sum = 0;
    for (byte b : number) {
      sum += b & 0xff;
    }
    return (short) sum;
  }

  /** Reads what {@link #secretBody} writes. */
  static SigningKey of(PublicKey key, SecretKeyPacket packet) throws MalformedInputException {
    byte[] data = packet.getSecretKeyData();
    byte[] number = Arrays.copyOf(data, Math.max(0, data.length - 2));
    byte[] seed = new byte[Ed25519.SECRET_KEY_SIZE];
    try {
      EdSecretBCPGKey read =
          new EdSecretBCPGKey(new BCPGInputStream(new ByteArrayInputStream(number)));
      boolean whole = data.length == number.length + 2 && Arrays.equals(read.getEncoded(), number);
      if (!whole || ByteBuffer.wrap(data, number.length, 2).getShort() != checksum(number)) {
        throw new MalformedInputException("expected a secret number and its checksum, found other");
      }
      BigIntegers.asUnsignedByteArray(read.getX(), seed, 0, seed.length);
    } catch (IOException | RuntimeException e) {
      throw new MalformedInputException("not a secret key: " + e.getClass().getSimpleName(), e);
    }
    Ed25519PrivateKeyParameters secret = new Ed25519PrivateKeyParameters(seed, 0);
    byte[] point = secret.generatePublicKey().getEncoded();
    if (!Arrays.equals(PublicKey.ed25519Body(key.created(), point), key.body())) {
      throw new MalformedInputException(
          "expected the secret part of key " + key.fingerprint() + ", found another key's");
    }
    return new SigningKey(key, secret);
  }

  /**
   * The body of a signature packet by this key.
   *
   * @param more subpackets for the hashed area, after creation time and issuer
   */
  byte[] sign(int type, Instant made, List<SignatureSubpacket> more, byte[]... content) {
    List<SignatureSubpacket> hashed = new ArrayList<>();
    hashed.add(new SignatureCreationTime(true, false, fourBytes(made.getEpochSecond())));
    hashed.add(new IssuerFingerprint(false, 4, HexFormat.of().parseHex(key.fingerprint().hex())));
    hashed.add(new IssuerKeyID(false, false, HexFormat.of().parseHex(key.keyId())));
    hashed.addAll(more);
    byte[] trailer = packet(type, hashed, new byte[2]).getSignatureTrailer();
    byte[] digest = Signature.digest(HASH, new byte[0], trailer, content);
    byte[] both = new byte[Ed25519.SIGNATURE_SIZE];
    secret.sign(Ed25519.Algorithm.Ed25519, null, digest, 0, digest.length, both, 0);
    MPInteger r = new MPInteger(new BigInteger(1, both, 0, HALF));
    MPInteger s = new MPInteger(new BigInteger(1, both, HALF, HALF));
    return bodyOf(packet(type, hashed, Arrays.copyOf(digest, 2), r, s));
  }

  private static SignaturePacket packet(
      int type, List<SignatureSubpacket> hashed, byte[] digestStart, MPInteger... numbers) {
    return new SignaturePacket(
        SignaturePacket.VERSION_4,
        type,
        0, // the issuer is in the subpackets
        KeyMaterial.EDDSA,
        HASH.number(),
        hashed.toArray(new SignatureSubpacket[0]),
        new SignatureSubpacket[0],
        digestStart,
        numbers);
  }

  static byte[] fourBytes(long number) {
    if (number < 0 || number > 0xffffffffL) {
      throw new IllegalArgumentException("does not fit OpenPGP's 32 bits of seconds: " + number);
    }
    return ByteBuffer.allocate(Integer.BYTES).putInt((int) number).array();
  }

  private static byte[] bodyOf(SignaturePacket packet) {
    try {
      return Packet.readAll(packet.getEncoded()).get(0).body();
    } catch (IOException | MalformedInputException e) {
      throw new IllegalStateException("a signature in memory could not be written", e);
    }
  }

  /** A packet sequence of one. */
  static byte[] framed(byte[] signatureBody) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    new Packet(Packet.SIGNATURE, signatureBody).writeTo(out);
    return out.toByteArray();
  }

  /** Never the secret. */
  @Override
  public String toString() {
    return "signing key " + key.fingerprint();
  }
}
