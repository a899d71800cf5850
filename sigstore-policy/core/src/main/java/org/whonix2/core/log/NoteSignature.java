package org.whonix2.core.log;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.whonix2.core.Base64Text;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.Quoted;

/**
 * A signature line of a note: {@code — <key name> base64(key id || signature)}. Being well formed
 * it is still worth nothing until a key verifies it.
 */
public final class NoteSignature {
  static final String DASH = "\u2014 ";

  private final String keyName;
  private final int keyId;
  private final byte[] bytes;

  private NoteSignature(String keyName, int keyId, byte[] bytes) {
    this.keyName = keyName;
    this.keyId = keyId;
    this.bytes = bytes;
  }

  static NoteSignature by(VerifierKey key, byte[] bytes) {
    return new NoteSignature(key.name(), key.keyId(), bytes.clone());
  }

  /** Reads one line without its newline; the inverse of toString. */
  public static NoteSignature parse(String line) throws MalformedInputException {
    int space = line.indexOf(' ', DASH.length());
    if (!line.startsWith(DASH) || space < 0) {
      throw new MalformedInputException(
          "expected an em dash, a key name and a signature, found " + Quoted.of(line));
    }
    String name = KeyName.check(line.substring(DASH.length(), space));
    byte[] blob = Base64Text.parse(line.substring(space + 1));
    if (blob.length <= Integer.BYTES) {
      throw new MalformedInputException(
          "expected a key id of 4 bytes and a signature, found " + blob.length + " bytes");
    }
    return new NoteSignature(
        name, ByteBuffer.wrap(blob).getInt(), Arrays.copyOfRange(blob, Integer.BYTES, blob.length));
  }

  public String keyName() {
    return keyName;
  }

  public int keyId() {
    return keyId;
  }

  byte[] bytes() {
    return bytes;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof NoteSignature that
        && keyId == that.keyId
        && keyName.equals(that.keyName)
        && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  /** The line, without its newline. */
  @Override
  public String toString() {
    byte[] blob =
        ByteBuffer.allocate(Integer.BYTES + bytes.length).putInt(keyId).put(bytes).array();
    return DASH + keyName + " " + Base64Text.of(blob);
  }
}
