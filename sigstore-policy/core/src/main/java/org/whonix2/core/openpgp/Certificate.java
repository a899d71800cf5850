package org.whonix2.core.openpgp;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.whonix2.core.MalformedInputException;

/** A public certificate: a primary key, its subkeys, and what the primary key says about them. */
public final class Certificate {
  /** The most bytes a certificate may have, armored or not. */
  public static final int MAX_BYTES = 64 * 1024;

  /** The most bytes a detached signature may have. */
  public static final int MAX_SIGNATURE_BYTES = 8 * 1024;

  private final byte[] bytes;
  private final BoundKey primary;
  private final List<BoundKey> keys;
  private final List<String> userIds;

  private Certificate(byte[] bytes, CertificateReader read) {
    this.bytes = bytes;
    this.primary = read.primary();
    this.userIds = List.copyOf(read.userIds());
    List<BoundKey> all = new ArrayList<>(read.subkeys());
    all.add(primary);
    this.keys = List.copyOf(all);
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
    List<Packet> packets = Armor.readPackets(Armor.PUBLIC, armoredOrBinary);
    return new Certificate(Packet.write(packets), new CertificateReader(packets));
  }

  /** The primary key's. */
  public Fingerprint fingerprint() {
    return primary.key().fingerprint();
  }

  /** The user ids that the primary key vouches for and has not revoked, in the file's order. */
  public List<String> userIds() {
    return userIds;
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
   * Whether this is a signature by a key of this certificate that may sign at that time.
   *
   * @param binaryDetachedSignature one signature packet and nothing else
   * @param message the signed bytes
   * @param at now, to the verifier
   */
  public SignatureResult verify(byte[] binaryDetachedSignature, byte[] message, Instant at) {
    Signature signature;
    try {
      signature = detached(binaryDetachedSignature);
    } catch (MalformedInputException e) {
      return new SignatureResult.Bad("malformed signature: " + e.getMessage());
    }
    if (signature.type() != Signature.BINARY_DOCUMENT) {
      return new SignatureResult.Bad(
          String.format(
              "the signature is of type 0x%02x, expected 0x00, a binary document",
              signature.type()));
    }
    Optional<String> objection = signature.objection(at);
    if (objection.isPresent()) {
      return new SignatureResult.Bad("the signature " + objection.get());
    }
    List<BoundKey> candidates =
        keys.stream().filter(key -> !signature.namesAnotherThan(key.key())).toList();
    for (BoundKey candidate : candidates) {
      if (signature.isBy(candidate.key(), message)) {
        Optional<String> problem = problem(candidate, signature.created(), at);
        return problem.isPresent()
            ? new SignatureResult.Bad(problem.get())
            : new SignatureResult.Good(candidate.key().fingerprint(), signature.created());
      }
    }
    return new SignatureResult.Bad(unproven(signature, candidates));
  }

  private static Signature detached(byte[] bytes) throws MalformedInputException {
    if (bytes.length > MAX_SIGNATURE_BYTES) {
      throw new MalformedInputException(
          "expected at most " + MAX_SIGNATURE_BYTES + " bytes, found " + bytes.length);
    }
    List<Packet> packets = Packet.readAll(bytes);
    if (packets.size() != 1 || packets.get(0).tag() != Packet.SIGNATURE) {
      throw new MalformedInputException(
          "expected one signature packet, found "
              + (packets.size() == 1 ? packets.get(0).toString() : packets.size() + " packets"));
    }
    return Signature.parse(packets.get(0).body());
  }

  /** Why this key's signatures dated {@code made} do not count at {@code at}; empty if they do. */
  private Optional<String> problem(BoundKey key, Instant made, Instant at) {
    return primary
        .problem(at)
        .or(() -> key.problem(at))
        .or(() -> key.signingProblem(at))
        .or(() -> datedBefore(key, made))
        .or(() -> datedBefore(primary, made));
  }

  private static Optional<String> datedBefore(BoundKey key, Instant made) {
    Instant created = key.key().created();
    return made.isBefore(created)
        ? Optional.of(
            "the signature is dated " + made + ", before " + key.name() + " of " + created)
        : Optional.empty();
  }

  /** Why none of this certificate's keys has made that signature, as far as one can tell. */
  private String unproven(Signature signature, List<BoundKey> candidates) {
    List<String> issuers = signature.issuers();
    List<BoundKey> named =
        candidates.stream()
            .filter(
                key ->
                    issuers.contains(key.key().fingerprint().hex())
                        || issuers.contains(key.key().keyId()))
            .toList();
    if (named.isEmpty() && !issuers.isEmpty()) {
      return "the signature names key "
          + issuers.get(0)
          + ", which is not in certificate "
          + fingerprint();
    }
    return named.stream()
        .flatMap(key -> key.key().material().weakness().map(w -> key.name() + " is " + w).stream())
        .findFirst()
        .orElse(
            "the signature does not fit the message: one of them was altered, or no key of"
                + " certificate "
                + fingerprint()
                + " made it");
  }

  /** Why the key of that fingerprint cannot sign at that time; empty if it can. */
  Optional<String> signingProblem(Fingerprint fingerprint, Instant at) {
    return keys.stream()
        .filter(key -> key.key().fingerprint().equals(fingerprint))
        .findFirst()
        .map(key -> problem(key, at, at))
        .orElse(Optional.of("certificate " + fingerprint() + " has no key " + fingerprint));
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
