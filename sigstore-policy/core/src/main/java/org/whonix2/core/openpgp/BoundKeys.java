package org.whonix2.core.openpgp;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.whonix2.core.MalformedInputException;

/** A primary key and its subkeys, with what the primary key says about them: who may sign. */
final class BoundKeys {
  private final BoundKey primary;
  private final List<BoundKey> keys;

  /**
   * @param subkeys also those about which the primary key says nothing: they are told apart from
   *     strangers, in messages
   */
  BoundKeys(PublicKey primary, Collection<PublicKey> subkeys, Collection<SelfSignature> said) {
    Set<PublicKey> all = new LinkedHashSet<>(subkeys);
    all.remove(primary);
    List<BoundKey> bound = new ArrayList<>();
    for (PublicKey key : all) {
      bound.add(BoundKey.of(key, false, said));
    }
    this.primary = BoundKey.of(primary, true, said);
    bound.add(this.primary);
    this.keys = List.copyOf(bound);
  }

  Fingerprint fingerprint() {
    return primary.key().fingerprint();
  }

  /** Whether this is a signature by a key that may sign at that moment. */
  SignatureResult verify(byte[] binaryDetachedSignature, byte[] message, Moment moment) {
    return verify(binaryDetachedSignature, message, signature -> moment);
  }

  /** The same at a moment that the signature decides. */
  SignatureResult verify(
      byte[] binaryDetachedSignature, byte[] message, Function<Signature, Moment> moment) {
    Signature signature;
    try {
      signature = detached(binaryDetachedSignature);
    } catch (MalformedInputException e) {
      return new SignatureResult.Bad("malformed signature: " + e.getMessage());
    }
    return verify(signature, Signature.BINARY_DOCUMENT, message, moment.apply(signature));
  }

  /**
   * The same of a signature that is read already.
   *
   * @param type what it must be: of a binary document, or of a canonical text
   */
  SignatureResult verify(Signature signature, int type, byte[] message, Moment moment) {
    if (signature.type() != type) {
      return new SignatureResult.Bad(
          String.format(
              "the signature is of type 0x%02x, expected 0x%02x, a %s",
              signature.type(),
              type,
              type == Signature.BINARY_DOCUMENT ? "binary document" : "canonical text"));
    }
    // Unlike a binding, what is in a log cannot have been signed after it was logged.
    Optional<String> objection = signature.objection(Moment.now(moment.at()));
    if (objection.isPresent()) {
      return new SignatureResult.Bad("the signature " + objection.get());
    }
    List<BoundKey> candidates =
        keys.stream().filter(key -> !signature.subpackets().namesAnotherThan(key.key())).toList();
    List<BoundKey> makers =
        candidates.stream()
            .filter(key -> signature.isBy(key.key(), message))
            .sorted(Comparator.comparing(key -> key.key().fingerprint().hex()))
            .toList();
    if (makers.isEmpty()) {
      return new SignatureResult.Bad(unproven(signature, candidates));
    }
    // Two keys of one secret: what is wrong with one of them is wrong with the signature.
    return makers.stream()
        .flatMap(maker -> problem(maker, signature.created(), moment).stream())
        .findFirst()
        .<SignatureResult>map(SignatureResult.Bad::new)
        .orElseGet(
            () -> new SignatureResult.Good(makers.get(0).key().fingerprint(), signature.created()));
  }

  private static Signature detached(byte[] bytes) throws MalformedInputException {
    if (bytes.length > Certificate.MAX_SIGNATURE_BYTES) {
      throw new MalformedInputException(
          "expected at most " + Certificate.MAX_SIGNATURE_BYTES + " bytes, found " + bytes.length);
    }
    List<Packet> packets = Packet.readAll(bytes);
    if (packets.size() != 1 || packets.get(0).tag() != Packet.SIGNATURE) {
      throw new MalformedInputException(
          "expected one signature packet, found "
              + (packets.size() == 1 ? packets.get(0).toString() : packets.size() + " packets"));
    }
    return Signature.parse(packets.get(0).body());
  }

  /** Why this key's signatures dated {@code made} do not count at that moment; empty if they do. */
  private Optional<String> problem(BoundKey key, Instant made, Moment moment) {
    return primary
        .problem(moment)
        .or(() -> key.problem(moment))
        .or(() -> key.signingProblem(moment))
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

  /** Why none of these keys has made that signature, as far as one can tell. */
  private String unproven(Signature signature, List<BoundKey> candidates) {
    List<String> issuers = signature.subpackets().issuers();
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

  /** Why the key of that fingerprint cannot sign at that moment; empty if it can. */
  Optional<String> signingProblem(Fingerprint fingerprint, Moment moment) {
    return keys.stream()
        .filter(key -> key.key().fingerprint().equals(fingerprint))
        .findFirst()
        .map(key -> problem(key, moment.at(), moment))
        .orElse(Optional.of("certificate " + fingerprint() + " has no key " + fingerprint));
  }
}
