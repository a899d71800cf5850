package org.whonix2.core.openpgp;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.openpgp.BoundKey.Binding;

/**
 * Takes a transferable public key apart (RFC 9580, section 10.1) and keeps what its primary key
 * signed. Other people's signatures, and signatures that cannot be read, are passed over.
 */
final class CertificateReader {
  private final PublicKey primary;
  private final List<Binding> selfSignatures = new ArrayList<>();
  private final List<Signature> revocations = new ArrayList<>();
  private final List<String> userIds = new ArrayList<>();
  private final List<BoundKey> subkeys = new ArrayList<>();

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
    revocations.addAll(byPrimary(signatures, Signature.KEY_REVOCATION, primary.hashed()));
    switch (component.tag()) {
      case Packet.PUBLIC_KEY ->
          byPrimary(signatures, Signature.DIRECT_KEY, primary.hashed())
              .forEach(signature -> selfSignatures.add(new Binding(signature, List.of())));
      case Packet.USER_ID -> takeUserId(component.body(), signatures);
      case Packet.PUBLIC_SUBKEY -> takeSubkey(PublicKey.parse(component.body()), signatures);
      case Packet.USER_ATTRIBUTE -> {
        // A picture says nothing to us.
      }
      default ->
          throw new MalformedInputException(
              "expected the packets of a certificate, found one of tag " + component.tag());
    }
  }

  private void takeUserId(byte[] userId, List<Signature> signatures) {
    byte[] hashed = hashedUserId(userId);
    Optional<Instant> revoked =
        byPrimary(signatures, Signature.CERTIFICATION_REVOCATION, primary.hashed(), hashed).stream()
            .map(Signature::created)
            .max(Instant::compareTo);
    List<Binding> bindings = new ArrayList<>();
    for (int type = Signature.GENERIC_CERTIFICATION;
        type <= Signature.POSITIVE_CERTIFICATION;
        type++) {
      byPrimary(signatures, type, primary.hashed(), hashed).stream()
          .filter(signature -> revoked.filter(r -> !r.isBefore(signature.created())).isEmpty())
          .forEach(signature -> bindings.add(new Binding(signature, List.of())));
    }
    if (!bindings.isEmpty()) {
      userIds.add(new String(userId, StandardCharsets.UTF_8));
      selfSignatures.addAll(bindings);
    }
  }

  /** RFC 9580, section 5.2.4. */
  static byte[] hashedUserId(byte[] userId) {
    return ByteBuffer.allocate(5 + userId.length)
        .put((byte) 0xb4)
        .putInt(userId.length)
        .put(userId)
        .array();
  }

  private void takeSubkey(PublicKey subkey, List<Signature> signatures) {
    byte[][] both = {primary.hashed(), subkey.hashed()};
    List<Binding> bindings = new ArrayList<>();
    for (Signature binding : byPrimary(signatures, Signature.SUBKEY_BINDING, both)) {
      List<Signature> back =
          binding.embedded().stream()
              .filter(embedded -> embedded.type() == Signature.PRIMARY_KEY_BINDING)
              .filter(embedded -> embedded.isBy(subkey, both))
              .toList();
      bindings.add(new Binding(binding, back));
    }
    List<Signature> revoked = byPrimary(signatures, Signature.SUBKEY_REVOCATION, both);
    subkeys.add(new BoundKey(subkey, false, bindings, revoked));
  }

  private List<Signature> byPrimary(List<Signature> signatures, int type, byte[]... content) {
    return signatures.stream()
        .filter(signature -> signature.type() == type && signature.isBy(primary, content))
        .toList();
  }

  BoundKey primary() {
    return new BoundKey(primary, true, selfSignatures, revocations);
  }

  List<BoundKey> subkeys() {
    return subkeys;
  }

  List<String> userIds() {
    return userIds;
  }
}
