package org.whonix2.core.openpgp;

import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Set;
import org.whonix2.core.MalformedInputException;

/**
 * The primary fingerprints of a file of many certificates, such as Debian's keyrings: concatenated
 * packets, not armored. Which certificates the file holds is its owner's word; nothing in it is
 * verified.
 */
public final class Keyring {
  /** The most bytes a keyring may have. */
  public static final int MAX_BYTES = 64 * 1024 * 1024;

  private final Set<Fingerprint> fingerprints;

  private Keyring(Set<Fingerprint> fingerprints) {
    this.fingerprints = Set.copyOf(fingerprints);
  }

  /**
   * Reads a keyring of at most {@link #MAX_BYTES}. Keys of any algorithm are taken; keys of
   * versions other than 4 and 6 are passed over, with what belongs to them.
   */
  public static Keyring parse(byte[] binary) throws MalformedInputException {
    if (binary.length > MAX_BYTES) {
      throw new MalformedInputException(
          "expected a keyring of at most " + MAX_BYTES + " bytes, found " + binary.length);
    }
    if (Armor.looksArmored(binary)) {
      throw new MalformedInputException(
          "expected a binary keyring, found ASCII armor (gpg --dearmor takes it off)");
    }
    Fingerprints found = new Fingerprints();
    Packet.walk(binary, found);
    return new Keyring(found.all);
  }

  /** Collects what it meets. */
  private static final class Fingerprints implements Packet.Visitor {
    private final Set<Fingerprint> all = new HashSet<>();
    private boolean started;

    @Override
    public void visit(int tag, ByteBuffer body) throws MalformedInputException {
      if (tag == Packet.SECRET_KEY || tag == Packet.SECRET_SUBKEY) {
        throw new MalformedInputException("expected public keys only, found a secret key");
      }
      if (tag != Packet.PUBLIC_KEY) {
        if (!started) {
          throw new MalformedInputException(
              "expected a public key packet, tag 6, first, found tag " + tag);
        }
        return;
      }
      started = true;
      byte[] key = new byte[body.remaining()];
      body.get(key);
      if (key.length > 0 && (key[0] == 4 || key[0] == 6)) {
        all.add(PublicKey.fingerprint(key));
      }
    }
  }

  /** Whether one of the certificates has this primary key. */
  public boolean contains(Fingerprint primary) {
    return fingerprints.contains(primary);
  }

  /** How many different certificates. */
  public int size() {
    return fingerprints.size();
  }

  @Override
  public String toString() {
    return "keyring of " + fingerprints.size() + " certificates";
  }
}
