package org.whonix2.core.openpgp;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Writes a certificate of nothing but what its primary key says (RFC 9580, section 10.1). */
final class OwnPackets {
  private OwnPackets() {}

  static List<Packet> of(PublicKey primary, Collection<SelfSignature> said) {
    List<Packet> packets = new ArrayList<>();
    Map<UserId, List<Packet>> userIds = new LinkedHashMap<>();
    Map<PublicKey, List<Packet>> subkeys = new LinkedHashMap<>();
    packets.add(new Packet(Packet.PUBLIC_KEY, primary.body()));
    for (SelfSignature self : said) {
      Packet signature = new Packet(Packet.SIGNATURE, self.signature().body());
      Optional<UserId> userId = self.userId();
      if (userId.isPresent()) {
        userIds.computeIfAbsent(userId.get(), id -> new ArrayList<>()).add(signature);
      } else if (self.key().equals(primary)) {
        packets.add(signature);
      } else {
        subkeys.computeIfAbsent(self.key(), key -> new ArrayList<>()).add(signature);
      }
    }
    userIds.forEach(
        (id, signatures) -> {
          packets.add(new Packet(Packet.USER_ID, id.bytes()));
          packets.addAll(signatures);
        });
    subkeys.forEach(
        (key, signatures) -> {
          packets.add(new Packet(Packet.PUBLIC_SUBKEY, key.body()));
          packets.addAll(signatures);
        });
    return packets;
  }
}
