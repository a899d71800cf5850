package org.whonix2.core.openpgp;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.commons.codec.binary.Hex;
import org.bouncycastle.bcpg.SignaturePacket;
import org.bouncycastle.bcpg.SignatureSubpacket;
import org.whonix2.core.MalformedInputException;

/**
 * What a signature says of itself (RFC 9580, section 5.2.3.7), in its hashed area, which it covers,
 * and in the unhashed one, which anybody can rewrite.
 */
final class Subpackets {
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

  private final List<SignatureSubpacket> hashed;
  private final List<SignatureSubpacket> unhashed;

  Subpackets(SignaturePacket packet) {
    this.hashed = List.of(packet.getHashedSubPackets());
    this.unhashed = List.of(packet.getUnhashedSubPackets());
  }

  /** When the signature says that it was made. */
  Instant creationTime() throws MalformedInputException {
    Optional<SignatureSubpacket> time = hashed(CREATION_TIME).findFirst();
    if (time.isEmpty()) {
      throw new MalformedInputException("expected a creation time in the hashed area, found none");
    }
    return Instant.ofEpochSecond(seconds(time.get()));
  }

  private static long seconds(SignatureSubpacket subpacket) throws MalformedInputException {
    byte[] data = subpacket.getData();
    if (data.length != Integer.BYTES) {
      throw new MalformedInputException(
          "expected 4 bytes in subpacket " + subpacket.getType() + ", found " + data.length);
    }
    return ByteBuffer.wrap(data).getInt() & 0xffffffffL;
  }

  private Stream<SignatureSubpacket> hashed(int type) {
    return hashed.stream().filter(s -> s.getType() == type);
  }

  private Stream<SignatureSubpacket> unhashed(int type) {
    return unhashed.stream().filter(s -> s.getType() == type);
  }

  /**
   * The moment so many seconds after {@code start}; empty where the subpacket is absent or zero.
   */
  Optional<Instant> end(int type, Instant start) {
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

  boolean grants(int flag) {
    return hashed(KEY_FLAGS)
        .findFirst()
        .filter(flags -> flags.getData().length > 0 && (flags.getData()[0] & flag) != 0)
        .isPresent();
  }

  /** Why a revocation revokes; of several reasons the hardest. */
  RevocationReason reason() {
    return hashed(REVOCATION_REASON)
        .map(subpacket -> subpacket.getData())
        .map(data -> data.length == 0 ? RevocationReason.NONE : RevocationReason.of(data[0] & 0xff))
        .reduce((one, other) -> one.hard() ? one : other)
        .orElse(RevocationReason.NONE);
  }

  /** Back-signatures; they prove themselves, so that both areas serve (section 5.2.3.34). */
  List<byte[]> embedded() {
    return Stream.concat(hashed(EMBEDDED_SIGNATURE), unhashed(EMBEDDED_SIGNATURE))
        .map(subpacket -> subpacket.getData())
        .toList();
  }

  /** Why a signature that says this does not count, whoever made it; empty if it may. */
  Optional<String> objection() {
    for (SignatureSubpacket subpacket : hashed) {
      int type = subpacket.getType();
      if (subpacket.isCritical() && !UNDERSTOOD.contains(type)) {
        return Optional.of("has a critical subpacket that we do not understand, type " + type);
      }
      if (DECISIVE.contains(type) && hashed(type).count() > 1) {
        return Optional.of("has more than one subpacket of type " + type);
      }
    }
    return Optional.empty();
  }

  /** Whether the hashed area says that some other key made this. */
  boolean namesAnotherThan(PublicKey key) {
    return issuers(hashed(ISSUER_FINGERPRINT), hashed(ISSUER_KEY_ID))
        .anyMatch(issuer -> !names(key, issuer));
  }

  /**
   * Whether it names keys, hashed or not, and this one is not among them. What is not hashed can be
   * changed by whoever hands a signature on, who could as well leave it out: a reason to pass a
   * certification by, never one to believe it.
   */
  boolean namesOnlyOthersThan(PublicKey key) {
    List<String> issuers = issuers();
    return !issuers.isEmpty() && issuers.stream().noneMatch(issuer -> names(key, issuer));
  }

  private static boolean names(PublicKey key, String issuer) {
    return issuer.equals(key.fingerprint().hex()) || issuer.equals(key.keyId());
  }

  /** The keys that the signature names, hashed or not; not to be believed. */
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
        fingerprints.map(s -> Hex.encodeHexString(s.getData())).map(Subpackets::withoutVersion),
        keyIds.map(s -> Hex.encodeHexString(s.getData())));
  }

  private static String withoutVersion(String hex) {
    return (hex.startsWith("04") && hex.length() == 42)
            || (hex.startsWith("06") && hex.length() == 66)
        ? hex.substring(2)
        : "of another version, " + hex;
  }
}
