package org.whonix2.core.openpgp;

import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;
import org.apache.commons.codec.binary.Base64;
import org.bouncycastle.bcpg.CRC24;
import org.whonix2.core.Base64Text;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.Quoted;

/** ASCII armor (RFC 9580, section 6.2): one block, nothing around it. */
final class Armor {
  static final String PUBLIC = "PGP PUBLIC KEY BLOCK";
  static final String SIGNATURE = "PGP SIGNATURE";
  static final String PRIVATE = "PGP PRIVATE KEY BLOCK";

  private static final Base64 LINES =
      Base64.builder().setLineLength(64).setLineSeparator((byte) '\n').get();

  private Armor() {}

  static boolean looksArmored(byte[] bytes) {
    return bytes.length > 0 && bytes[0] == '-';
  }

  static byte[] read(String kind, byte[] armored) throws MalformedInputException {
    String text = new String(armored, StandardCharsets.UTF_8);
    Iterator<String> lines = text.lines().map(String::stripTrailing).toList().iterator();
    expect("-----BEGIN " + kind + "-----", next(lines));
    String line = next(lines);
    while (!line.isEmpty()) {
      if (!line.contains(": ")) {
        throw new MalformedInputException(
            "expected an armor header or an empty line, found " + shown(line));
      }
      line = next(lines);
    }
    StringBuilder base64 = new StringBuilder();
    line = next(lines);
    while (!line.startsWith("=") && !line.startsWith("-")) {
      base64.append(line);
      line = next(lines);
    }
    byte[] content =
        Base64Text.decode(base64.toString())
            .orElseThrow(() -> new MalformedInputException("expected base64 in the armor"));
    if (line.startsWith("=")) {
      expect(checksum(content), line);
      line = next(lines);
    }
    expect("-----END " + kind + "-----", line);
    while (lines.hasNext()) {
      expect("", lines.next());
    }
    return content;
  }

  static String write(String kind, byte[] content) {
    return "-----BEGIN "
        + kind
        + "-----\n\n"
        + LINES.encodeToString(content)
        + checksum(content)
        + "\n-----END "
        + kind
        + "-----\n";
  }

  /** Section 6.1.1. */
  private static String checksum(byte[] content) {
    CRC24 crc = new CRC24();
    for (byte b : content) {
      crc.update(b);
    }
    int value = crc.getValue();
    byte[] bytes = {(byte) (value >> 16), (byte) (value >> 8), (byte) value};
    return "=" + Base64Text.of(bytes);
  }

  private static String next(Iterator<String> lines) throws MalformedInputException {
    if (!lines.hasNext()) {
      throw new MalformedInputException("expected the end of the armor, found the end of the text");
    }
    return lines.next();
  }

  private static void expect(String expected, String found) throws MalformedInputException {
    if (!found.equals(expected)) {
      throw new MalformedInputException(
          "expected the armor line \"" + expected + "\", found " + shown(found));
    }
  }

  /** Quoted, short, and without what a terminal would obey; never base64, which may be secret. */
  private static String shown(String line) {
    boolean plain = line.length() <= 60 && line.startsWith("-");
    return plain ? Quoted.of(line) : line.length() + " characters";
  }

  static List<Packet> readPackets(String kind, byte[] armoredOrBinary)
      throws MalformedInputException {
    return Packet.readAll(
        looksArmored(armoredOrBinary) ? read(kind, armoredOrBinary) : armoredOrBinary);
  }
}
