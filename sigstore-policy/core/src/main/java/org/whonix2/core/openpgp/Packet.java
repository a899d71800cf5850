package org.whonix2.core.openpgp;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.whonix2.core.MalformedInputException;

/** A packet's tag and body (RFC 9580, section 4.2). How its header was written is not kept. */
final class Packet {
  private static final int NEW_FORMAT = 0xc0;
  private static final int LARGEST_OLD_TAG = 15;

  static final int SIGNATURE = 2;
  static final int SECRET_KEY = 5;
  static final int PUBLIC_KEY = 6;
  static final int SECRET_SUBKEY = 7;
  static final int TRUST = 12;
  static final int USER_ID = 13;
  static final int PUBLIC_SUBKEY = 14;
  static final int USER_ATTRIBUTE = 17;
  static final int PADDING = 21;

  private final int tag;
  private final byte[] body;

  Packet(int tag, byte[] body) {
    this.tag = tag;
    this.body = body;
  }

  int tag() {
    return tag;
  }

  /** The body itself, not a copy. */
  byte[] body() {
    return body;
  }

  /** Takes packets one after the other. */
  interface Visitor {
    /** Takes the next one, its body as a read-only view. */
    void visit(int tag, ByteBuffer body) throws MalformedInputException;
  }

  static List<Packet> readAll(byte[] bytes) throws MalformedInputException {
    List<Packet> packets = new ArrayList<>();
    walk(
        bytes,
        (tag, body) -> {
          byte[] copy = new byte[body.remaining()];
          body.get(copy);
          packets.add(new Packet(tag, copy));
        });
    return packets;
  }

  /**
   * Splits a packet sequence; partial and indeterminate lengths (data packets' only) are refused.
   */
  static void walk(byte[] bytes, Visitor visitor) throws MalformedInputException {
    ByteBuffer in = ByteBuffer.wrap(bytes).asReadOnlyBuffer();
    while (in.hasRemaining()) {
      int start = in.position();
      int header = in.get() & 0xff;
      if ((header & 0x80) == 0) {
        throw malformed(start, "a packet header", "octet " + header);
      }
      boolean newFormat = (header & 0x40) != 0;
      long length = newFormat ? newLength(in, start) : oldLength(in, header & 3, start);
      if (length > in.remaining()) {
        throw malformed(start, "a packet body of " + length + " bytes", in.remaining() + " bytes");
      }
      ByteBuffer body = in.slice(in.position(), (int) length);
      in.position(in.position() + (int) length);
      visitor.visit(newFormat ? header & 0x3f : header >> 2 & 0xf, body);
    }
  }

  /** Section 4.2.1. */
  private static long newLength(ByteBuffer in, int start) throws MalformedInputException {
    int first = (int) number(in, 1, start);
    if (first < 192) {
      return first;
    }
    if (first < 224) {
      return ((first - 192L) << 8) + number(in, 1, start) + 192;
    }
    if (first == 255) {
      return number(in, 4, start);
    }
    throw malformed(start, "a packet of definite length", "a partial length");
  }

  /** Section 4.2.2. */
  private static long oldLength(ByteBuffer in, int type, int start) throws MalformedInputException {
    if (type == 3) {
      throw malformed(start, "a packet of definite length", "an indeterminate length");
    }
    return number(in, 1 << type, start);
  }

  private static long number(ByteBuffer in, int octets, int start) throws MalformedInputException {
    if (in.remaining() < octets) {
      throw malformed(start, "a packet length", "the end of the input");
    }
    long number = 0;
    for (int i = 0; i < octets; i++) {
      number = number << 8 | (in.get() & 0xff);
    }
    return number;
  }

  private static MalformedInputException malformed(int start, String expected, String found) {
    return new MalformedInputException(
        "expected " + expected + ", found " + found + ", in the packet at byte " + start);
  }

  /** Writes the packet with an old-format header, which every reader knows, where its tag fits. */
  void writeTo(ByteArrayOutputStream out) {
    if (body.length > 0xffff) {
      throw new IllegalStateException("a packet of " + body.length + " bytes");
    }
    if (tag > LARGEST_OLD_TAG) {
      // The old format has four bits for the tag.
      out.write(NEW_FORMAT | tag);
      if (body.length >= 8384) {
        out.writeBytes(new byte[] {(byte) 0xff, 0, 0, (byte) (body.length >> 8)});
      } else if (body.length >= 192) {
        out.write(((body.length - 192) >> 8) + 192);
        out.write(body.length - 192);
        out.writeBytes(body);
        return;
      }
    } else {
      boolean small = body.length < 256;
      out.write(0x80 | tag << 2 | (small ? 0 : 1));
      if (!small) {
        out.write(body.length >> 8);
      }
    }
    out.write(body.length);
    out.writeBytes(body);
  }

  static byte[] write(List<Packet> packets) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    packets.forEach(packet -> packet.writeTo(out));
    return out.toByteArray();
  }

  /** Never the body: it may be secret. */
  @Override
  public String toString() {
    return "packet of tag " + tag + " and " + body.length + " bytes";
  }
}
