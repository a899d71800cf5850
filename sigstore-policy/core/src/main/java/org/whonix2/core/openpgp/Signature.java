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
import java.util.Set;
import java.util.stream.Stream;
import org.apache.commons.codec.binary.Hex;
import org.bouncycastle.bcpg.SignaturePacket;
import org.bouncycastle.bcpg.SignatureSubpacket;
import org.whonix2.core.MalformedInputException;

/** A signature packet's body, version 4 or 6 (RFC 9580, section 5.2.3), read and checked. */
final class Signature {
  /** How far a signer's clock may be ahead of ours. */
  static final Duration CLOCK_SKEW = Duration.ofMinutes(10);

  // Signature types (section 5.2.1).
  static final int BINARY_DOCUMENT = 0x00;
  static final int GENERIC_CERTIFICATION = 0x10;
  static final int POSITIVE_CERTIFICATION = 0x13;
  static final int SUBKEY_BINDING = 0x18;
  static final int PRIMARY_KEY_BINDING = 0x19;
  static final int DIRECT_KEY = 0x1f;
  static final int KEY_REVOCATION = 0x20;
  static final int SUBKEY_REVOCATION = 0x28;
  static final int CERTIFICATION_REVOCATION = 0x30;

  // Subpacket types (section 5.2.3.7).
  static final int CREATION_TIME = 2;
  static final int EXPIRATION_TIME = 3;
  static final int KEY_EXPIRATION_TIME = 9;
  static final int PREFERRED_HASHES = 21;
  static final int ISSUER_KEY_ID = 16;
  static final int KEY_FLAGS = 27;
  static final int REVOCATION_REASON = 29;
  static final int FEATURES = 30;
  static final int EMBEDDED_SIGNATURE = 32;
  static final int ISSUER_FINGERPRINT = 33;

  // Key flags (section 5.2.3.29).
  static final int MAY_CERTIFY = 0x01;
  static final int MAY_SIGN = 0x02;

  private static final Set<Integer> DECISIVE =
      Set.of(CREATION_TIME, EXPIRATION_TIME, KEY_EXPIRATION_TIME, KEY_FLAGS);

  /**
   * What may be marked critical, for we act on it or it takes nothing away from the signature: also
   * preferences (11, 21, 22, 34, 39), key server (23, 24), primary user id (25), signer's user id
   * (28). Trust, regular expressions, notations, policies and the rest limit a signature in ways we
   * do not compute.
   */
  private static final Set<Integer> UNDERSTOOD =
      Set.of(2, 3, 9, 11, 16, 21, 22, 23, 24, 25, 27, 28, 30, 32, 33, 34, 39);

  /** Version, type, two algorithms. */
  private static final int FIXED = 4;

  private final byte[] body;
  private final SignaturePacket packet;
  private final byte[] trailer;
  private final Instant created;

  private Signature(byte[] body, SignaturePacket packet, Instant created) {
    this.body = body.clone();
    this.packet = packet;
    this.trailer = packet.getSignatureTrailer();
    this.created = created;
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
      return new Signature(body, packet, creationTime(packet));
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

  private static Instant creationTime(SignaturePacket packet) throws MalformedInputException {
    for (SignatureSubpacket subpacket : packet.getHashedSubPackets()) {
      if (subpacket.getType() == CREATION_TIME) {
        return Instant.ofEpochSecond(seconds(subpacket));
      }
    }
    throw new MalformedInputException("expected a creation time in the hashed area, found none");
  }

  private static long seconds(SignatureSubpacket subpacket) throws MalformedInputException {
    byte[] data = subpacket.getData();
    if (data.length != Integer.BYTES) {
      throw new MalformedInputException(
          "expected 4 bytes in subpacket " + subpacket.getType() + ", found " + data.length);
    }
    return ByteBuffer.wrap(data).getInt() & 0xffffffffL;
  }

  byte[] body() {
    return body.clone();
  }

  int type() {
    return packet.getSignatureType();
  }

  /** What is signed besides the content: type, algorithms, hashed area. */
  byte[] said() {
    return trailer.clone();
  }

  boolean says(Signature other) {
    return Arrays.equals(trailer, other.trailer);
  }

  /** Why a revocation revokes; of several reasons the hardest. */
  RevocationReason reason() {
    return hashed(REVOCATION_REASON)
        .map(subpacket -> subpacket.getData())
        .map(data -> data.length == 0 ? RevocationReason.NONE : RevocationReason.of(data[0] & 0xff))
        .reduce((one, other) -> one.hard() ? one : other)
        .orElse(RevocationReason.NONE);
  }

  Instant created() {
    return created;
  }

  private Stream<SignatureSubpacket> hashed(int type) {
    return Arrays.stream(packet.getHashedSubPackets()).filter(s -> s.getType() == type);
  }

  private Stream<SignatureSubpacket> unhashed(int type) {
    return Arrays.stream(packet.getUnhashedSubPackets()).filter(s -> s.getType() == type);
  }

  /**
   * The moment so many seconds after {@code start}; empty where the subpacket is absent or zero.
   */
  private Optional<Instant> end(int type, Instant start) {
    Optional<SignatureSubpacket> subpacket = hashed(type).findFirst();
    if (subpacket.isEmpty()) {
      return Optional.empty();
    }
    try {
      long seconds = seconds(subpacket.get());
      return seconds == 0 ? Optional.empty() : Optional.of(start.plusSeconds(seconds));
    } catch (MalformedInputException e) {
      // An end that cannot be read has come already.
      return Optional.of(Instant.EPOCH);
    }
  }

  /** When the key that this self-signature is about ends. */
  Optional<Instant> endOf(PublicKey key) {
    return end(KEY_EXPIRATION_TIME, key.created());
  }

  boolean grants(int flag) {
    return hashed(KEY_FLAGS)
        .findFirst()
        .filter(flags -> flags.getData().length > 0 && (flags.getData()[0] & flag) != 0)
        .isPresent();
  }

  /** Back-signatures; they prove themselves, so that both areas serve (section 5.2.3.34). */
  List<Signature> embedded() {
    List<Signature> found = new ArrayList<>();
    Stream.concat(hashed(EMBEDDED_SIGNATURE), unhashed(EMBEDDED_SIGNATURE))
        .forEach(
            subpacket -> {
              try {
                found.add(parse(subpacket.getData()));
              } catch (MalformedInputException e) {
                // One that cannot be read vouches for nothing.
              }
            });
    return found;
  }

  /** Why this signature does not count at that moment, whoever made it; empty if it may. */
  Optional<String> objection(Moment moment) {
    int hash = packet.getHashAlgorithm();
    if (HashAlgorithm.of(hash).filter(HashAlgorithm::strong).isEmpty()) {
      return Optional.of(
          "is hashed with " + HashAlgorithm.name(hash) + ", expected SHA-256, SHA-384 or SHA-512");
    }
    for (SignatureSubpacket subpacket : packet.getHashedSubPackets()) {
      int type = subpacket.getType();
      if (subpacket.isCritical() && !UNDERSTOOD.contains(type)) {
        return Optional.of("has a critical subpacket that we do not understand, type " + type);
      }
      if (DECISIVE.contains(type) && hashed(type).count() > 1) {
        return Optional.of("has more than one subpacket of type " + type);
      }
    }
    if (created.isAfter(moment.latest())) {
      return Optional.of("is dated in the future: " + created + ", now is " + moment.at());
    }
    return end(EXPIRATION_TIME, created)
        .filter(end -> !moment.at().isBefore(end))
        .map(end -> "expired at " + end);
  }

  /** Whether the hashed area says that some other key made this. */
  boolean namesAnotherThan(PublicKey key) {
    return issuers(hashed(ISSUER_FINGERPRINT), hashed(ISSUER_KEY_ID))
        .anyMatch(issuer -> !names(key, issuer));
  }

  private static boolean names(PublicKey key, String issuer) {
    return issuer.equals(key.fingerprint().hex()) || issuer.equals(key.keyId());
  }

  /** The keys that the signature names, hashed or not; for messages only. */
  List<String> issuers() {
    return Stream.concat(
            issuers(hashed(ISSUER_FINGERPRINT), hashed(ISSUER_KEY_ID)),
            issuers(unhashed(ISSUER_FINGERPRINT), unhashed(ISSUER_KEY_ID)))
        .distinct()
        .toList();
  }

  private static Stream<String> issuers(
      Stream<SignatureSubpacket> fingerprints, Stream<SignatureSubpacket> keyIds) {
    return Stream.concat(
        // The first octet is the key's version.
        fingerprints.map(s -> Hex.encodeHexString(s.getData())).map(Signature::withoutVersion),
        keyIds.map(s -> Hex.encodeHexString(s.getData())));
  }

  private static String withoutVersion(String hex) {
    return (hex.startsWith("04") && hex.length() == 42)
            || (hex.startsWith("06") && hex.length() == 66)
        ? hex.substring(2)
        : "of another version, " + hex;
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
