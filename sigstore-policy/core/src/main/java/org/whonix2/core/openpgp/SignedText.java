package org.whonix2.core.openpgp;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.Quoted;

/**
 * A document in the cleartext signature framework (RFC 9580, section 7), such as a .dsc:
 *
 * <pre>
 * -----BEGIN PGP SIGNED MESSAGE-----
 * Hash: SHA512
 *
 * Format: 3.0 (quilt)
 * - -----a line that begins with a dash has "- " in front
 * -----BEGIN PGP SIGNATURE-----
 *
 * iQKm…
 * =vk/9
 * -----END PGP SIGNATURE-----
 * </pre>
 *
 * <p>Read strictly: nothing stands before the first line, and nothing but empty lines behind the
 * last; the only armor header before the text is {@code Hash}, and the header ends at a line that
 * is really empty; a line of the text that begins with a dash is escaped. Lines end with LF or
 * CRLF, and a CR anywhere else is refused. Of several ways to write one signed text this reads all
 * and gives one: what {@link #text} gives is what was signed, without the blanks at the ends of
 * lines, which no signature covers.
 */
public final class SignedText {
  /** The most bytes a document may have. */
  public static final int MAX_BYTES = 8 << 20;

  private static final int MOST_SIGNATURES = 8;
  private static final int MOST_HEADERS = 8;
  private static final String BEGIN = "-----BEGIN PGP SIGNED MESSAGE-----";
  private static final String HASH = "Hash: ";
  private static final String ESCAPE = "- ";
  private static final Set<String> HASHES =
      Set.of(
          "MD5",
          "SHA1",
          "RIPEMD160",
          "SHA224",
          "SHA256",
          "SHA384",
          "SHA512",
          "SHA3-256",
          "SHA3-512");

  private final byte[] text;
  private final byte[] canonical;
  private final Set<String> hashes;
  private final List<byte[]> signatures;

  private SignedText(List<byte[]> lines, Set<String> hashes, List<byte[]> signatures) {
    this.text = joined(lines, "\n", true);
    this.canonical = joined(lines, "\r\n", false);
    this.hashes = Set.copyOf(hashes);
    this.signatures = List.copyOf(signatures);
  }

  /** Reads a document. Whether its signatures are worth anything is not judged here. */
  public static SignedText parse(byte[] document) throws MalformedInputException {
    if (document.length > MAX_BYTES) {
      throw new MalformedInputException(
          "expected a signed text of at most " + MAX_BYTES + " bytes, found " + document.length);
    }
    return new Reader(document).read();
  }

  /**
   * Signs a text, such as an archive's Release file: the inverse of {@link #parse}.
   *
   * @param text lines ended by LF, the last one too, none of them with blanks at its end, which no
   *     signature would cover; no CR
   * @throws MalformedInputException for another text, or where the document would be too long
   * @throws IllegalStateException where {@link SecretKey#signingProblem} has something to say
   */
  public static byte[] sign(byte[] text, SecretKey key, Instant at) throws MalformedInputException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(bytes(BEGIN + "\n" + HASH + SigningKey.HASH.name() + "\n\n"));
    List<byte[]> lines = new ArrayList<>();
    int start = 0;
    for (int end = 0; end < text.length; end++) {
      if (text[end] == '\n') {
        byte[] line = Arrays.copyOfRange(text, start, end);
        lines.add(line);
        out.writeBytes(bytes(line.length > 0 && line[0] == '-' ? ESCAPE : ""));
        out.writeBytes(line);
        out.write('\n');
        start = end + 1;
      } else if (text[end] == '\r') {
        throw new MalformedInputException("line " + (lines.size() + 1) + ": found a CR");
      } else if (isBlank(text[end]) && (end + 1 == text.length || text[end + 1] == '\n')) {
        throw new MalformedInputException(
            "line " + (lines.size() + 1) + ": expected no blanks at the end, found some");
      }
    }
    if (start != text.length || text.length == 0) {
      throw new MalformedInputException("expected a text whose last line ends, found another");
    }
    out.writeBytes(bytes(key.signText(joined(lines, "\r\n", false), at)));
    if (out.size() > MAX_BYTES) {
      throw new MalformedInputException(
          "expected a signed text of at most " + MAX_BYTES + " bytes, found " + out.size());
    }
    return out.toByteArray();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static boolean isBlank(byte b) {
    return b == ' ' || b == '\t';
  }

  /** Whether this begins as such a document does. */
  public static boolean looksSigned(byte[] document) {
    byte[] begin = bytes(BEGIN);
    return document.length >= begin.length
        && Arrays.equals(document, 0, begin.length, begin, 0, begin.length);
  }

  /** The signed text, its lines ended by LF. */
  public byte[] text() {
    return text.clone();
  }

  /** What was signed, for a search through keyrings. */
  public List<SignedDocument> signatures() {
    List<SignedDocument> documents = new ArrayList<>();
    for (byte[] signature : signatures) {
      documents.add(SignedDocument.ofText(signature, canonical, hashes));
    }
    return documents;
  }

  private static byte[] joined(List<byte[]> lines, String end, boolean last) {
    byte[] ending = bytes(end);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int i = 0; i < lines.size(); i++) {
      out.writeBytes(lines.get(i));
      if (last || i < lines.size() - 1) {
        out.writeBytes(ending);
      }
    }
    return out.toByteArray();
  }

  /** Goes through the document line by line. */
  private static final class Reader {
    private final byte[] in;
    private int position;
    private int number;

    Reader(byte[] in) {
      this.in = in;
    }

    SignedText read() throws MalformedInputException {
      if (!ascii(line()).equals(BEGIN)) {
        throw malformed("expected " + BEGIN + " and nothing before it");
      }
      Set<String> hashes = hashes();
      List<byte[]> lines = new ArrayList<>();
      int start = position;
      byte[] line = line();
      while (line.length == 0 || line[0] != '-' || isEscaped(line)) {
        lines.add(withoutBlanks(isEscaped(line) ? Arrays.copyOfRange(line, 2, line.length) : line));
        start = position;
        line = line();
      }
      // Whatever else begins with a dash: the armor's reader says what it expects.
      byte[] armor = Arrays.copyOfRange(in, start, in.length);
      return new SignedText(lines, hashes, signatures(armor));
    }

    /** Section 7: the Hash headers, ended by an empty line. */
    private Set<String> hashes() throws MalformedInputException {
      Set<String> hashes = new HashSet<>();
      int headers = 0;
      for (String header = ascii(line()); !header.isEmpty(); header = ascii(line())) {
        if (!header.startsWith(HASH) || ++headers > MOST_HEADERS) {
          throw malformed(
              "expected at most "
                  + MOST_HEADERS
                  + " headers 'Hash: ' and an empty line, found "
                  + Quoted.of(header));
        }
        for (String name : header.substring(HASH.length()).split(",", -1)) {
          String hash = name.strip();
          if (!HASHES.contains(hash)) {
            throw malformed("expected the name of a hash algorithm, found " + Quoted.of(hash));
          }
          hashes.add(hash);
        }
      }
      return hashes;
    }

    private static List<byte[]> signatures(byte[] armor) throws MalformedInputException {
      List<byte[]> signatures = new ArrayList<>();
      for (Packet packet : Packet.readAll(Armor.read(Armor.SIGNATURE, armor))) {
        if (packet.tag() != Packet.SIGNATURE
            || packet.body().length > Certificate.MAX_SIGNATURE_BYTES) {
          throw new MalformedInputException("expected signature packets, found a " + packet);
        }
        signatures.add(packet.body());
      }
      if (signatures.isEmpty() || signatures.size() > MOST_SIGNATURES) {
        throw new MalformedInputException(
            "expected 1 to " + MOST_SIGNATURES + " signatures, found " + signatures.size());
      }
      return signatures;
    }

    private static boolean isEscaped(byte[] line) {
      return line.length >= 2 && line[0] == '-' && line[1] == ' ';
    }

    private static byte[] withoutBlanks(byte[] line) {
      int end = line.length;
      while (end > 0 && isBlank(line[end - 1])) {
        end--;
      }
      return Arrays.copyOf(line, end);
    }

    /** The next line, without its end. */
    private byte[] line() throws MalformedInputException {
      number++;
      int end = position;
      while (end < in.length && in[end] != '\n') {
        end++;
      }
      if (end == in.length) {
        throw malformed("expected a signature, found the end of the document");
      }
      boolean crlf = end > position && in[end - 1] == '\r';
      byte[] line = Arrays.copyOfRange(in, position, crlf ? end - 1 : end);
      position = end + 1;
      for (byte b : line) {
        if (b == '\r') {
          throw malformed("expected a carriage return at a line's end only");
        }
      }
      return line;
    }

    private static String ascii(byte[] line) {
      return new String(line, StandardCharsets.ISO_8859_1);
    }

    private MalformedInputException malformed(String message) {
      return new MalformedInputException("line " + number + ": " + message);
    }
  }

  @Override
  public String toString() {
    return "signed text of " + text.length + " bytes with " + signatures.size() + " signatures";
  }
}
