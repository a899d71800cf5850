package org.whonix2.core.openpgp;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.whonix2.core.MalformedInputException;

/**
 * Packets of a stream too long for memory (RFC 9580, section 4.2), one at a time. A packet longer
 * than the limit is passed over and comes without its body.
 */
final class PacketStream {
  private final InputStream in;
  private final int longest;
  private long position;

  /**
   * @param longest of a body that is kept, in bytes
   */
  PacketStream(InputStream in, int longest) {
    this.in = in;
    this.longest = longest;
  }

  /**
   * One packet.
   *
   * @param packet empty if it was too long
   */
  record Next(int tag, Optional<Packet> packet) {}

  /** The next packet; null at the end of the stream. */
  @Nullable Next next() throws IOException, MalformedInputException {
    long start = position;
    int header = in.read();
    if (header < 0) {
      return null;
    }
    position++;
    if ((header & 0x80) == 0) {
      throw malformed(start, "expected a packet header, found octet " + header);
    }
    boolean newFormat = (header & 0x40) != 0;
    try {
      long length = newFormat ? newLength(start) : oldLength(header & 3, start);
      int tag = newFormat ? header & 0x3f : header >> 2 & 0xf;
      position += length;
      if (length > longest) {
        in.skipNBytes(length);
        return new Next(tag, Optional.empty());
      }
      byte[] body = in.readNBytes((int) length);
      if (body.length < length) {
        throw new EOFException();
      }
      return new Next(tag, Optional.of(new Packet(tag, body)));
    } catch (EOFException e) {
      throw malformed(start, "expected a whole packet, found the end of the keyring");
    }
  }

  /** Section 4.2.1. */
  private long newLength(long start) throws IOException, MalformedInputException {
    int first = (int) number(1);
    if (first < 192) {
      return first;
    }
    if (first < 224) {
      return ((first - 192L) << 8) + number(1) + 192;
    }
    if (first == 255) {
      return number(4);
    }
    throw malformed(start, "expected a packet of definite length, found a partial length");
  }

  /** Section 4.2.2. */
  private long oldLength(int type, long start) throws IOException, MalformedInputException {
    if (type == 3) {
      throw malformed(start, "expected a packet of definite length, found an indeterminate length");
    }
    return number(1 << type);
  }

  private long number(int octets) throws IOException {
    long number = 0;
    for (int i = 0; i < octets; i++) {
      int octet = in.read();
      if (octet < 0) {
        throw new EOFException();
      }
      number = number << 8 | octet;
    }
    position += octets;
    return number;
  }

  private static MalformedInputException malformed(long start, String message) {
    return new MalformedInputException(message + ", in the packet at byte " + start);
  }
}
