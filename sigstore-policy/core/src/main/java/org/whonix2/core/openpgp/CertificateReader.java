package org.whonix2.core.openpgp;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.whonix2.core.MalformedInputException;

/**
 * Takes a transferable public key apart (RFC 9580, section 10.1) and keeps what its primary key
 * signed. Other people's signatures, and signatures that cannot be read, are passed over.
 */
final class CertificateReader {
  private final PublicKey primary;
  private final List<PublicKey> subkeys = new ArrayList<>();
  private final List<SelfSignature> said = new ArrayList<>();

  /** Reads packets of which the first is the primary key. */
  CertificateReader(List<Packet> packets) throws MalformedInputException {
    int tag = packets.isEmpty() ? 0 : packets.get(0).tag();
    if (tag == Packet.SECRET_KEY) {
      throw new MalformedInputException("expected a public certificate, found a secret key");
    }
    if (tag != Packet.PUBLIC_KEY) {
      throw new MalformedInputException(
          "expected a public key packet, tag 6, first, found "
              + (packets.isEmpty() ? "nothing" : "tag " + tag));
    }
    if (packets.stream().filter(packet -> packet.tag() == Packet.PUBLIC_KEY).count() > 1) {
      throw new MalformedInputException("expected one certificate, found several");
    }
    primary = PublicKey.parse(packets.get(0).body());
    int next = 1;
    Packet component = packets.get(0);
    while (next <= packets.size()) {
      int end = next;
      List<Signature> signatures = new ArrayList<>();
      while (end < packets.size() && packets.get(end).tag() == Packet.SIGNATURE) {
        readable(packets.get(end)).ifPresent(signatures::add);
        end++;
      }
      take(component, signatures);
      if (end < packets.size()) {
        component = packets.get(end);
      }
      next = end + 1;
    }
  }

  private static Optional<Signature> readable(Packet packet) {
    try {
      return Optional.of(Signature.parse(packet.body()));
    } catch (MalformedInputException e) {
      // Of an old version or an unknown algorithm: not one that we could believe.
      return Optional.empty();
    }
  }

  private void take(Packet component, List<Signature> signatures) throws MalformedInputException {
    // A revocation of the primary key counts wherever somebody put it.
    takeOfPrimary(signatures, Signature.KEY_REVOCATION);
    switch (component.tag()) {
      case Packet.PUBLIC_KEY -> {
        takeOfPrimary(signatures, Signature.DIRECT_KEY);
        takeOfPrimary(signatures, Signature.CERTIFICATION_REVOCATION);
      }
      case Packet.USER_ID -> takeUserId(component.body(), signatures);
      case Packet.PUBLIC_SUBKEY -> takeSubkey(PublicKey.parse(component.body()), signatures);
      case Packet.USER_ATTRIBUTE, Packet.PADDING -> {
        // A picture says nothing to us, and padding nothing to anybody.
      }
      default ->
          throw new MalformedInputException(
              "expected the packets of a certificate, found one of tag " + component.tag());
    }
  }

  private void takeOfPrimary(List<Signature> signatures, int type) {
    for (Signature signature : byPrimary(signatures, type, primary.hashed())) {
      keep(primary, Optional.empty(), signature, List.of());
    }
  }

  private void takeUserId(byte[] body, List<Signature> signatures) {
    byte[][] both = {primary.hashed(), UserId.hashed(body)};
    Optional<UserId> userId = Optional.of(new UserId(body));
    for (int type = Signature.GENERIC_CERTIFICATION;
        type <= Signature.POSITIVE_CERTIFICATION;
        type++) {
      byPrimary(signatures, type, both).forEach(s -> keep(primary, userId, s, List.of()));
    }
    byPrimary(signatures, Signature.CERTIFICATION_REVOCATION, both)
        .forEach(s -> keep(primary, userId, s, List.of()));
  }

  private void takeSubkey(PublicKey subkey, List<Signature> signatures)
      throws MalformedInputException {
    if (subkey.version() != primary.version()) {
      throw new MalformedInputException(
          "expected a subkey of version "
              + primary.version()
              + ", found one of version "
              + subkey.version());
    }
    if (subkey.equals(primary)) {
      throw new MalformedInputException("expected a subkey, found the primary key again");
    }
    subkeys.add(subkey);
    byte[][] both = {primary.hashed(), subkey.hashed()};
    for (Signature binding : byPrimary(signatures, Signature.SUBKEY_BINDING, both)) {
      List<Signature> back =
          binding.embedded().stream()
              .filter(embedded -> embedded.type() == Signature.PRIMARY_KEY_BINDING)
              .filter(embedded -> embedded.isBy(subkey, both))
              .toList();
      keep(subkey, Optional.empty(), binding, back);
    }
    byPrimary(signatures, Signature.SUBKEY_REVOCATION, both)
        .forEach(s -> keep(subkey, Optional.empty(), s, List.of()));
  }

  private void keep(
      PublicKey key, Optional<UserId> userId, Signature signature, List<Signature> back) {
    said.add(new SelfSignature(key, userId, signature, back, SelfSignature.PINNED));
  }

  /** Of hundreds that others made of a key that many know, none is computed. */
  private List<Signature> byPrimary(List<Signature> signatures, int type, byte[]... content) {
    return signatures.stream()
        .filter(signature -> signature.type() == type)
        .filter(signature -> !signature.subpackets().namesOnlyOthersThan(primary))
        .filter(signature -> signature.isBy(primary, content))
        .toList();
  }

  PublicKey primary() {
    return primary;
  }

  /** All of them, bound or not. */
  List<PublicKey> subkeys() {
    return List.copyOf(subkeys);
  }

  /** What the primary key says, proven. */
  List<SelfSignature> said() {
    return List.copyOf(said);
  }
}
