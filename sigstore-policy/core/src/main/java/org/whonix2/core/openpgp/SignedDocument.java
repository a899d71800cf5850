package org.whonix2.core.openpgp;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.whonix2.core.MalformedInputException;

/**
 * A signature beside the bytes it is to be over, outside of any log: what it is worth is asked of
 * {@link SignerSearch}.
 */
public final class SignedDocument {
  private final byte[] packetBody;
  private final int type;
  private final byte[] content;
  private final Set<String> hashes;

  private SignedDocument(byte[] packetBody, int type, byte[] content, Set<String> hashes) {
    this.packetBody = packetBody.clone();
    this.type = type;
    this.content = content;
    this.hashes = Set.copyOf(hashes);
  }

  /**
   * A signature over a text.
   *
   * @param canonical its lines ended by CRLF but for the last
   * @param hashes the algorithms that the framework's headers name; none if it has no header
   */
  static SignedDocument ofText(byte[] packetBody, byte[] canonical, Set<String> hashes) {
    return new SignedDocument(packetBody, Signature.CANONICAL_TEXT, canonical, hashes);
  }

  /**
   * A detached signature over bytes as they are, such as a Git tag's.
   *
   * @param armored one block of ASCII armor with one signature
   */
  public static SignedDocument ofBytes(byte[] armored, byte[] content)
      throws MalformedInputException {
    if (armored.length > 2 * Certificate.MAX_SIGNATURE_BYTES) {
      throw new MalformedInputException(
          "expected a signature of at most "
              + 2 * Certificate.MAX_SIGNATURE_BYTES
              + " bytes, found "
              + armored.length);
    }
    List<Packet> packets = Packet.readAll(Armor.read(Armor.SIGNATURE, armored));
    if (packets.size() != 1 || packets.get(0).tag() != Packet.SIGNATURE) {
      throw new MalformedInputException(
          "expected one signature packet, found " + packets.size() + " packets");
    }
    return new SignedDocument(
        packets.get(0).body(), Signature.BINARY_DOCUMENT, content.clone(), Set.of());
  }

  /** The signature, or why it is none. */
  Signature signature() throws MalformedInputException {
    Signature signature = Signature.parse(packetBody);
    Optional<String> hash = signature.hash().map(HashAlgorithm::name);
    if (!hashes.isEmpty() && hash.filter(hashes::contains).isEmpty()) {
      throw new MalformedInputException(
          "expected a signature hashed as the header Hash says, found another");
    }
    return signature;
  }

  /** The keys that the signature says it may be of: fingerprints and key ids, lower case. */
  Set<String> issuers() {
    try {
      return new HashSet<>(signature().subpackets().issuers());
    } catch (MalformedInputException e) {
      return Set.of();
    }
  }

  int type() {
    return type;
  }

  /** The bytes themselves, not a copy. */
  byte[] content() {
    return content;
  }

  @Override
  public String toString() {
    return "signature packet of " + packetBody.length + " bytes over " + content.length + " bytes";
  }
}
