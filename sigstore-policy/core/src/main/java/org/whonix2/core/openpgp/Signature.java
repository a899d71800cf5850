package org.whonix2.core.openpgp;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.bcpg.SignaturePacket;
import org.whonix2.core.MalformedInputException;

/** A signature packet's body, version 4 or 6 (RFC 9580, section 5.2.3), read and checked. */
final class Signature {
  /** How far a signer's clock may be ahead of ours. */
  static final Duration CLOCK_SKEW = Duration.ofMinutes(10);

  // Signature types (section 5.2.1).
  static final int BINARY_DOCUMENT = 0x00;
  static final int CANONICAL_TEXT = 0x01;
  static final int GENERIC_CERTIFICATION = 0x10;
  static final int POSITIVE_CERTIFICATION = 0x13;
  static final int SUBKEY_BINDING = 0x18;
  static final int PRIMARY_KEY_BINDING = 0x19;
  static final int DIRECT_KEY = 0x1f;
  static final int KEY_REVOCATION = 0x20;
  static final int SUBKEY_REVOCATION = 0x28;
  static final int CERTIFICATION_REVOCATION = 0x30;

  // Key flags (section 5.2.3.29).
  static final int MAY_CERTIFY = 0x01;
  static final int MAY_SIGN = 0x02;

  /** Version, type, two algorithms. */
  private static final int FIXED = 4;

  private final byte[] body;
  private final SignaturePacket packet;
  private final byte[] trailer;
  private final Subpackets subpackets;
  private final Instant created;

  private Signature(byte[] body, SignaturePacket packet) throws MalformedInputException {
    this.body = body.clone();
    this.packet = packet;
    this.trailer = packet.getSignatureTrailer();
    this.subpackets = new Subpackets(packet);
    this.created = subpackets.creationTime();
  }

  /** Reads a packet's body. Anything but the canonical encoding of what was read is refused. */
  static Signature parse(byte[] body) throws MalformedInputException {
    int version = body.length == 0 ? 0 : body[0] & 0xff;
    if (version != SignaturePacket.VERSION_4 && version != SignaturePacket.VERSION_6) {
      throw new MalformedInputException(
          "expected a signature packet of version 4 or 6, found "
              + (body.length == 0 ? "an empty one" : "version " + version));
    }
    checkAreas(version, ByteBuffer.wrap(body));
    try {
      SignaturePacket packet = SignaturePacket.fromByteArray(body);
      if (packet.getSignature() == null && packet.getKeyAlgorithm() != KeyMaterial.ED25519) {
        throw new MalformedInputException(
            "expected a signature by Ed25519 (22 or 27) or RSA (1), found algorithm "
                + packet.getKeyAlgorithm());
      }
      if (!Arrays.equals(bodyOf(packet), body)) {
        throw new MalformedInputException(
            "expected a signature packet in its canonical encoding, found trailing or padded data");
      }
      return new Signature(body, packet);
    } catch (IOException | RuntimeException e) {
      // Bouncy Castle answers hostile bytes with several kinds of runtime exception.
      throw new MalformedInputException("not a signature packet: " + e.getMessage(), e);
    }
  }

  /** Bouncy Castle would set aside the memory that a length asks for, 4 GiB in version 6. */
  private static void checkAreas(int version, ByteBuffer body) throws MalformedInputException {
    body.position(Math.min(FIXED, body.limit()));
    int octets = version == SignaturePacket.VERSION_4 ? Short.BYTES : Integer.BYTES;
    for (int area = 0; area < 2; area++) {
      long length = Long.MAX_VALUE;
      if (body.remaining() >= octets) {
        length = octets == Short.BYTES ? body.getShort() & 0xffff : body.getInt() & 0xffffffffL;
      }
      if (length > body.remaining()) {
        throw new MalformedInputException(
            "not a signature packet: it ends inside its subpackets, after "
                + body.limit()
                + " bytes");
      }
      body.position(body.position() + (int) length);
    }
  }

  private static byte[] bodyOf(SignaturePacket packet) throws IOException, MalformedInputException {
    return Packet.readAll(packet.getEncoded()).get(0).body();
  }

  byte[] body() {
    return body.clone();
  }

  int type() {
    return packet.getSignatureType();
  }

  /** With what it is hashed, where we can compute that. */
  Optional<HashAlgorithm> hash() {
    return HashAlgorithm.of(packet.getHashAlgorithm());
  }

  /** What is signed besides the content: type, algorithms, hashed area. */
  byte[] said() {
    return trailer.clone();
  }

  boolean says(Signature other) {
    return Arrays.equals(trailer, other.trailer);
  }

  Instant created() {
    return created;
  }

  Subpackets subpackets() {
    return subpackets;
  }

  /** When the key that this self-signature is about ends. */
  Optional<Instant> endOf(PublicKey key) {
    return subpackets.end(Subpackets.KEY_EXPIRATION_TIME, key.created());
  }

  /** Back-signatures. */
  List<Signature> embedded() {
    List<Signature> found = new ArrayList<>();
    for (byte[] embedded : subpackets.embedded()) {
      try {
        found.add(parse(embedded));
      } catch (MalformedInputException e) {
        // One that cannot be read vouches for nothing.
      }
    }
    return found;
  }

  /** Why this signature does not count at that moment, whoever made it; empty if it may. */
  Optional<String> objection(Moment moment) {
    int hash = packet.getHashAlgorithm();
    if (HashAlgorithm.of(hash).filter(HashAlgorithm::strong).isEmpty()) {
      return Optional.of(
          "is hashed with " + HashAlgorithm.name(hash) + ", expected SHA-256, SHA-384 or SHA-512");
    }
    Optional<String> objection = subpackets.objection();
    if (objection.isPresent()) {
      return objection;
    }
    if (created.isAfter(moment.latest())) {
      return Optional.of("is dated in the future: " + created + ", now is " + moment.at());
    }
    return subpackets
        .end(Subpackets.EXPIRATION_TIME, created)
        .filter(end -> !moment.at().isBefore(end))
        .map(end -> "expired at " + end);
  }

  /**
   * Whether {@code key} made this signature over these bytes: version, algorithm, digest,
   * mathematics.
   */
  boolean isBy(PublicKey key, byte[]... content) {
    Optional<HashAlgorithm> hash = HashAlgorithm.of(packet.getHashAlgorithm());
    if (hash.isEmpty()
        || packet.getVersion() != key.version()
        || packet.getKeyAlgorithm() != key.algorithm()) {
      return false;
    }
    byte[] salt = key.version() == 4 ? new byte[0] : packet.getSalt();
    if (key.version() == 6 && (salt.length == 0 || salt.length != hash.get().saltBytes())) {
      return false;
    }
    byte[] digest = digest(hash.get(), salt, trailer, content);
    try {
      return Arrays.equals(packet.getFingerPrint(), Arrays.copyOf(digest, 2))
          && key.material().verifies(hash.get(), digest, packet);
    } catch (RuntimeException e) {
      // As in parse: numbers that no honest signer writes.
      return false;
    }
  }

  static byte[] digest(HashAlgorithm hash, byte[] salt, byte[] trailer, byte[]... content) {
    MessageDigest computation = hash.computation();
    computation.update(salt);
    for (byte[] part : content) {
      computation.update(part);
    }
    return computation.digest(trailer);
  }
}
