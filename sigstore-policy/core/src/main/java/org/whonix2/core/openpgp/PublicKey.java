package org.whonix2.core.openpgp;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Arrays;
import org.apache.commons.codec.binary.Hex;
import org.apache.commons.codec.digest.DigestUtils;
import org.whonix2.core.MalformedInputException;

/** A version 4 public key packet's body (RFC 9580, section 5.5.2.2). */
final class PublicKey {
  private static final int VERSION = 4;
  private static final int FIXED = 6;

  private final byte[] body;
  private final Fingerprint fingerprint;
  private final Instant created;
  private final int algorithm;
  private final KeyMaterial material;

  private PublicKey(byte[] body, Instant created, int algorithm, KeyMaterial material) {
    this.body = body;
    this.fingerprint = fingerprintOf(body);
    this.created = created;
    this.algorithm = algorithm;
    this.material = material;
  }

  static PublicKey parse(byte[] body) throws MalformedInputException {
    if (body.length < FIXED || body[0] != VERSION) {
      throw new MalformedInputException(
          "expected a public key of version 4, found "
              + (body.length < FIXED ? body.length + " bytes" : "version " + (body[0] & 0xff)));
    }
    ByteBuffer in = ByteBuffer.wrap(body);
    in.get();
    Instant created = Instant.ofEpochSecond(in.getInt() & 0xffffffffL);
    int algorithm = in.get() & 0xff;
    byte[] encoded = Arrays.copyOfRange(body, FIXED, body.length);
    return new PublicKey(body.clone(), created, algorithm, KeyMaterial.of(algorithm, encoded));
  }

  /** The body of an Ed25519 key's packet. */
  static byte[] ed25519Body(Instant created, byte[] point) {
    byte[] prefix = KeyMaterial.OfEd25519.PREFIX;
    return ByteBuffer.allocate(FIXED + prefix.length + point.length)
        .put((byte) VERSION)
        .putInt((int) created.getEpochSecond())
        .put((byte) KeyMaterial.EDDSA)
        .put(prefix)
        .put(point)
        .array();
  }

  /** Section 5.5.4.2. */
  private static Fingerprint fingerprintOf(byte[] body) {
    MessageDigest sha1 = DigestUtils.getSha1Digest();
    sha1.update(hashed(body));
    return new Fingerprint(Hex.encodeHexString(sha1.digest()));
  }

  private static byte[] hashed(byte[] body) {
    return ByteBuffer.allocate(3 + body.length)
        .put((byte) 0x99)
        .putShort((short) body.length)
        .put(body)
        .array();
  }

  /** The form in which a signature over this key takes it in (section 5.2.4). */
  byte[] hashed() {
    return hashed(body);
  }

  byte[] body() {
    return body.clone();
  }

  Fingerprint fingerprint() {
    return fingerprint;
  }

  /** The fingerprint's last 16 digits. */
  String keyId() {
    return fingerprint.hex().substring(fingerprint.hex().length() - 16);
  }

  Instant created() {
    return created;
  }

  int algorithm() {
    return algorithm;
  }

  KeyMaterial material() {
    return material;
  }
}
