package org.whonix2.core.log;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.whonix2.core.Base64Text;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.Quoted;
import org.whonix2.core.digest.Sha256;

/** Reads text line by line; every line ends in a newline. Complaints name format and line. */
final class Lines {
  private final String text;
  private final String format;
  private int position;
  private int number;

  Lines(String text, String format) {
    this.text = text;
    this.format = format;
  }

  /** Strict UTF-8 of at most {@code limit} bytes. */
  static String decode(byte[] bytes, int limit, String format) throws MalformedInputException {
    if (bytes.length > limit) {
      throw new MalformedInputException(
          format + ": expected at most " + limit + " bytes, found " + bytes.length);
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new MalformedInputException(format + ": expected UTF-8, found other bytes", e);
    }
  }

  boolean hasNext() {
    return position < text.length();
  }

  String next(String what) throws MalformedInputException {
    int end = text.indexOf('\n', position);
    if (end < 0) {
      throw new MalformedInputException(
          format + ", line " + (number + 1) + ": expected " + what + ", found no whole line");
    }
    String line = text.substring(position, end);
    position = end + 1;
    number++;
    return line;
  }

  /** A line that is a hash in base64 and nothing else. */
  Sha256 hash() throws MalformedInputException {
    String line = next("a hash");
    try {
      return Sha256.ofDigest(Base64Text.parse(line));
    } catch (MalformedInputException e) {
      throw e.at(place());
    }
  }

  /** A line that is {@code prefix} and a decimal number. */
  long number(String prefix, String what) throws MalformedInputException {
    String line = next(what);
    if (!line.startsWith(prefix)) {
      throw expected("'" + prefix + "' and " + what, line);
    }
    try {
      return TreeSize.parse(line.substring(prefix.length()), what);
    } catch (MalformedInputException e) {
      throw e.at(place());
    }
  }

  boolean startsWith(String prefix) {
    return text.startsWith(prefix, position);
  }

  /** A line that is {@code prefix} and base64. */
  byte[] base64(String prefix) throws MalformedInputException {
    String line = next(prefix);
    try {
      return Base64Text.parse(line.substring(prefix.length()));
    } catch (MalformedInputException e) {
      throw e.at(place());
    }
  }

  /** The hashes of a proof, a line each, and the empty line after them. */
  List<Sha256> hashesToEmptyLine() throws MalformedInputException {
    List<Sha256> hashes = new ArrayList<>();
    while (!startsWith("\n")) {
      hashes.add(hash());
      if (hashes.size() > TreeSize.MAX_PROOF) {
        throw expected("an empty line after at most 63 hashes", "another hash");
      }
    }
    next("an empty line");
    return List.copyOf(hashes);
  }

  /** Everything not yet read. */
  String rest() {
    String rest = text.substring(position);
    position = text.length();
    return rest;
  }

  void end() throws MalformedInputException {
    if (hasNext()) {
      throw new MalformedInputException(
          format + ", line " + (number + 1) + ": expected the end, found more");
    }
  }

  /** A complaint about the line read last. */
  MalformedInputException expected(String what, String found) {
    return new MalformedInputException(
        place() + ": expected " + what + ", found " + Quoted.of(found));
  }

  String place() {
    return format + ", line " + number;
  }
}
