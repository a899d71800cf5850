package org.whonix2.core.dsse;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;

/** DSSE's pre-authentication encoding: the bytes that are signed. */
final class PreAuthentication {
  private PreAuthentication() {}

  static byte[] encode(String payloadType, byte[] payload) {
    byte[] type = payloadType.getBytes(UTF_8);
    ByteArrayOutputStream out = new ByteArrayOutputStream(type.length + payload.length + 32);
    out.writeBytes(("DSSEv1 " + type.length + " ").getBytes(US_ASCII));
    out.writeBytes(type);
    out.writeBytes((" " + payload.length + " ").getBytes(US_ASCII));
    out.writeBytes(payload);
    return out.toByteArray();
  }
}
