package org.whonix2.core.log;

import java.util.Arrays;
import java.util.List;
import org.whonix2.core.Base64Text;
import org.whonix2.core.MalformedInputException;

/** The text of keys, public and private: {@code name+hex(key id)+base64(type || 32 bytes)}. */
final class KeyText {
  private static final int MATERIAL = 32;

  private final String name;
  private final int keyId;
  private final SignatureType type;
  private final byte[] material;

  KeyText(String name, int keyId, SignatureType type, byte[] material) {
    this.name = name;
    this.keyId = keyId;
    this.type = type;
    this.material = material;
  }

  String name() {
    return name;
  }

  int keyId() {
    return keyId;
  }

  SignatureType type() {
    return type;
  }

  byte[] material() {
    return material;
  }

  /** Never quotes {@code text}: it may be a secret. */
  static KeyText parse(String text) throws MalformedInputException {
    List<String> parts = List.of(text.split("\\+", 3));
    if (parts.size() != 3) {
      throw new MalformedInputException(
          "expected a key as name+id+base64, found " + parts.size() + " parts");
    }
    String name = KeyName.check(parts.get(0));
    String id = parts.get(1);
    if (id.length() != 8 || !id.chars().allMatch(c -> "0123456789abcdef".indexOf(c) >= 0)) {
      throw new MalformedInputException(
          "expected a key id of 8 lower-case hexadecimal digits in the key of " + name);
    }
    byte[] typed = typed(parts.get(2), name);
    for (SignatureType type : SignatureType.values()) {
      if (type.identifier() == typed[0]) {
        return new KeyText(
            name,
            Integer.parseUnsignedInt(id, 16),
            type,
            Arrays.copyOfRange(typed, 1, typed.length));
      }
    }
    throw new MalformedInputException(
        "expected a key of type 1 or 4, found type " + (typed[0] & 0xff) + " of " + name);
  }

  private static byte[] typed(String base64, String name) throws MalformedInputException {
    byte[] typed;
    try {
      typed = Base64Text.parse(base64);
    } catch (MalformedInputException e) {
      // Without its cause, which quotes.
      throw new MalformedInputException("expected canonical base64 in the key of " + name);
    }
    if (typed.length != 1 + MATERIAL) {
      throw new MalformedInputException(
          "expected a key of 33 bytes, found " + typed.length + " of " + name);
    }
    return typed;
  }

  String format() {
    byte[] typed = new byte[1 + material.length];
    typed[0] = type.identifier();
    System.arraycopy(material, 0, typed, 1, material.length);
    return name + "+" + hex(keyId) + "+" + Base64Text.of(typed);
  }

  static String hex(int keyId) {
    return "%08x".formatted(keyId);
  }

  @Override
  public String toString() {
    return "key of " + name;
  }
}
