package org.whonix2.core.snapshot;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.whonix2.core.digest.Sha256;

/** Bytes being written; {@link Encoded} reads them. */
final class Encoding {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  Encoding(String magic) {
    text(magic + "\n");
  }

  void number(int value) {
    int left = value;
    while (left >= 0x80) {
      bytes.write((left & 0x7f) | 0x80);
      left >>>= 7;
    }
    bytes.write(left);
  }

  void digest(Sha256 digest) {
    bytes.writeBytes(digest.toByteArray());
  }

  void text(String ascii) {
    bytes.writeBytes(ascii.getBytes(StandardCharsets.US_ASCII));
  }

  byte[] toByteArray() {
    return bytes.toByteArray();
  }
}
