package org.whonix2.core.openpgp;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.whonix2.core.MalformedInputException;

/** A public certificate: a primary key, its subkeys, and what the primary key says about them. */
public final class Certificate {
  /** The most bytes a certificate may have, armored or not. */
  public static final int MAX_BYTES = 64 * 1024;

  /** The most bytes its packets may have: so many that their armor is not too long either. */
  static final int MAX_PACKET_BYTES = 46 * 1024;

  /** The most bytes a detached signature may have. */
  public static final int MAX_SIGNATURE_BYTES = 8 * 1024;

  private final byte[] bytes;
  private final PublicKey primary;
  private final List<SelfSignature> said;
  private final BoundKeys keys;

  private Certificate(List<Packet> packets) throws MalformedInputException {
    CertificateReader read = new CertificateReader(packets);
    this.bytes = Packet.write(packets);
    if (bytes.length > MAX_PACKET_BYTES) {
      throw new MalformedInputException(
          "expected a certificate of at most "
              + MAX_PACKET_BYTES
              + " bytes without armor, found "
              + bytes.length);
    }
    this.primary = read.primary();
    this.said = read.said();
    this.keys = new BoundKeys(primary, read.subkeys(), said);
  }

  /**
   * Reads exactly one certificate of at most {@link #MAX_BYTES}, armored or binary. What its keys
   * are worth is not judged here but for each signature, at that signature's time.
   */
  public static Certificate parse(byte[] armoredOrBinary) throws MalformedInputException {
    if (armoredOrBinary.length > MAX_BYTES) {
      throw new MalformedInputException(
          "expected a certificate of at most "
              + MAX_BYTES
              + " bytes, found "
              + armoredOrBinary.length);
    }
    return new Certificate(Armor.readPackets(Armor.PUBLIC, armoredOrBinary));
  }

  /** The primary key's. */
  public Fingerprint fingerprint() {
    return primary.fingerprint();
  }

  /** The user ids that the primary key vouches for and has not revoked, in the file's order. */
  public List<String> userIds() {
    return said.stream()
        .filter(one -> one.bindsUserId() && said.stream().noneMatch(other -> other.takesBack(one)))
        .flatMap(one -> one.userId().stream())
        .distinct()
        .map(UserId::toString)
        .toList();
  }

  /** The packets, without armor. */
  public byte[] toBytes() {
    return bytes.clone();
  }

  /** The inverse of {@link #parse}, in ASCII armor. */
  public String toArmored() {
    return Armor.write(Armor.PUBLIC, bytes);
  }

  /**
   * The primary key with all that it signed itself in this certificate: user ids and subkeys that
   * it binds or revokes, and its own revocation. Other people's signatures, user ids and subkeys
   * that it never signed, and pictures are left out; they never decide anything here.
   *
   * <p>So every part of this is proven by the primary key alone, also when that key has expired or
   * is revoked, and no other signature is needed to believe it. Whoever takes a certificate from a
   * stranger keeps and publishes this instead. It is empty but for the key where {@link
   * #saysNothing}.
   */
  public Certificate own() {
    try {
      return new Certificate(OwnPackets.of(primary, said));
    } catch (MalformedInputException e) {
      throw new IllegalStateException("parts of a certificate that are none", e);
    }
  }

  /** Whether the primary key signed nothing in this certificate: then anybody can have made it. */
  public boolean saysNothing() {
    return said.isEmpty();
  }

  /**
   * Whether this is a signature by a key of this certificate that may sign at that time. Every
   * revocation counts. For an entry of a log there is {@link KeyHistory#verify}.
   *
   * @param binaryDetachedSignature one signature packet and nothing else
   * @param message the signed bytes
   * @param at now, to the verifier
   */
  public SignatureResult verify(byte[] binaryDetachedSignature, byte[] message, Instant at) {
    return keys.verify(binaryDetachedSignature, message, Moment.now(at));
  }

  /** Why the key of that fingerprint cannot sign at that time; empty if it can. */
  Optional<String> signingProblem(Fingerprint fingerprint, Instant at) {
    return keys.signingProblem(fingerprint, Moment.now(at));
  }

  PublicKey primary() {
    return primary;
  }

  /** All that the primary key says, proven. */
  List<SelfSignature> said() {
    return said;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Certificate that && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return "certificate " + fingerprint();
  }
}
