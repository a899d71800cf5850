package org.whonix2.core.openpgp;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.whonix2.core.MalformedInputException;

/**
 * Copies keyrings without what {@link SignerSearch} passes over: signatures of other people,
 * pictures, and certificates that it could not read. Of Debian's keyrings that is nearly all. A
 * certificate that only other people's signatures made too long can be read in the copy.
 */
public final class SlimKeyring {
  private final OutputStream out;
  private final ByteArrayOutputStream certificate = new ByteArrayOutputStream();
  private @Nullable PublicKey primary;

  private SlimKeyring(OutputStream out) {
    this.out = out;
  }

  /**
   * Copies one keyring, certificate by certificate.
   *
   * @throws MalformedInputException if it is not a sequence of packets
   */
  public static void copy(InputStream keyring, OutputStream out)
      throws IOException, MalformedInputException {
    SlimKeyring slim = new SlimKeyring(out);
    PacketStream packets = new PacketStream(keyring, SignerSearch.MAX_PACKET_BYTES);
    for (PacketStream.Next next = packets.next(); next != null; next = packets.next()) {
      slim.take(next);
    }
    slim.finish();
  }

  private void take(PacketStream.Next next) throws IOException {
    if (next.tag() == Packet.PUBLIC_KEY) {
      finish();
      primary = next.packet().flatMap(SlimKeyring::key).orElse(null);
    }
    PublicKey owner = primary;
    if (owner == null) {
      return;
    }
    switch (next.tag()) {
      case Packet.TRUST -> {
        // Somebody's notes in his own keyring file (section 5.10).
      }
      case Packet.USER_ATTRIBUTE ->
          new Packet(Packet.USER_ATTRIBUTE, new byte[0]).writeTo(certificate);
      default -> {
        // What is too long could be a revocation, so nothing of the certificate is left.
        if (next.packet().isEmpty()) {
          drop();
        } else if (next.tag() != Packet.SIGNATURE || mayBeBy(owner, next.packet().get())) {
          next.packet().get().writeTo(certificate);
        }
      }
    }
    if (certificate.size() > SignerSearch.MAX_CERTIFICATE_BYTES) {
      drop();
    }
  }

  private static Optional<PublicKey> key(Packet packet) {
    try {
      return Optional.of(PublicKey.parse(packet.body()));
    } catch (MalformedInputException e) {
      return Optional.empty();
    }
  }

  private static boolean mayBeBy(PublicKey owner, Packet packet) {
    try {
      return !Signature.parse(packet.body()).subpackets().namesOnlyOthersThan(owner);
    } catch (MalformedInputException e) {
      return false;
    }
  }

  private void drop() {
    certificate.reset();
    primary = null;
  }

  private void finish() throws IOException {
    certificate.writeTo(out);
    drop();
  }
}
