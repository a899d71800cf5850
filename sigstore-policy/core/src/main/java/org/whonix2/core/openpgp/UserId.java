package org.whonix2.core.openpgp;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** A user id packet's body: by convention UTF-8, in truth any bytes. */
record UserId(ByteBuffer body) {
  UserId(byte[] body) {
    this(ByteBuffer.wrap(body.clone()).asReadOnlyBuffer());
  }

  byte[] bytes() {
    byte[] bytes = new byte[body.remaining()];
    body.duplicate().get(bytes);
    return bytes;
  }

  /** The form in which a signature over it takes it in (RFC 9580, section 5.2.4). */
  static byte[] hashed(byte[] body) {
    return ByteBuffer.allocate(5 + body.length)
        .put((byte) 0xb4)
        .putInt(body.length)
        .put(body)
        .array();
  }

  @Override
  public String toString() {
    return new String(bytes(), StandardCharsets.UTF_8);
  }
}
