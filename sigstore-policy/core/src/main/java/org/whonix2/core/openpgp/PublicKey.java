package org.whonix2.core.openpgp;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Arrays;
import org.apache.commons.codec.binary.Hex;
import org.apache.commons.codec.digest.DigestUtils;
import org.whonix2.core.MalformedInputException;

/** A public key packet's body, version 4 or 6 (RFC 9580, sections 5.5.2.2 and 5.5.2.3). */
final class PublicKey {
  private static final int FIXED_4 = 6;
  private static final int FIXED_6 = 10;
  private static final int MOST_BYTES_4 = 0xffff;

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
    int fixed = version(body) == 4 ? FIXED_4 : FIXED_6;
    ByteBuffer in = ByteBuffer.wrap(body);
    in.get();
    Instant created = Instant.ofEpochSecond(in.getInt() & 0xffffffffL);
    int algorithm = in.get() & 0xff;
    byte[] encoded = Arrays.copyOfRange(body, fixed, body.length);
    KeyMaterial material = KeyMaterial.of(body[0], algorithm, encoded);
    return new PublicKey(body.clone(), created, algorithm, material);
  }

  /** The version of a packet whose frame is in order. */
  private static int version(byte[] body) throws MalformedInputException {
    int version = body.length == 0 ? 0 : body[0] & 0xff;
    boolean whole =
        switch (version) {
          case 4 -> body.length >= FIXED_4 && body.length <= MOST_BYTES_4;
          case 6 ->
              body.length >= FIXED_6
                  && ByteBuffer.wrap(body).getInt(FIXED_4) == body.length - FIXED_6;
          default -> false;
        };
    if (!whole) {
      throw new MalformedInputException(
          "expected a public key of version 4 or 6, found version "
              + version
              + " in "
              + body.length
              + " bytes");
    }
    return version;
  }

  /** The fingerprint of a key whose algorithm does not matter. */
  static Fingerprint fingerprint(byte[] body) throws MalformedInputException {
    version(body);
    return fingerprintOf(body);
  }

  /** The body of a version 4 Ed25519 key's packet. */
  static byte[] ed25519Body(Instant created, byte[] point) {
    byte[] prefix = KeyMaterial.OfEd25519.PREFIX;
    return ByteBuffer.allocate(FIXED_4 + prefix.length + point.length)
        .put((byte) 4)
        .putInt((int) created.getEpochSecond())
        .put((byte) KeyMaterial.EDDSA)
        .put(prefix)
        .put(point)
        .array();
  }

  /** Sections 5.5.4.2 and 5.5.4.3. */
  private static Fingerprint fingerprintOf(byte[] body) {
    MessageDigest digest =
        body[0] == 4 ? DigestUtils.getSha1Digest() : DigestUtils.getSha256Digest();
    digest.update(hashed(body));
    return new Fingerprint(Hex.encodeHexString(digest.digest()));
  }

  private static byte[] hashed(byte[] body) {
    ByteBuffer out = ByteBuffer.allocate(5 + body.length);
    if (body[0] == 4) {
      out.put((byte) 0x99).putShort((short) body.length);
    } else {
      out.put((byte) 0x9b).putInt(body.length);
    }
    out.put(body);
    return Arrays.copyOf(out.array(), out.position());
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

  int version() {
    return body[0];
  }

  /** The fingerprint's last 16 digits, or in version 6 the first. */
  String keyId() {
    return keyId(version(), fingerprint);
  }

  static String keyId(int version, Fingerprint fingerprint) {
    String hex = fingerprint.hex();
    return version == 4 ? hex.substring(hex.length() - 16) : hex.substring(0, 16);
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

  @Override
  public boolean equals(Object other) {
    return other instanceof PublicKey that && Arrays.equals(body, that.body);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(body);
  }
}
