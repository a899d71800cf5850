package org.whonix2.core.log;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.whonix2.core.MalformedInputException;

/**
 * A signed note (C2SP signed-note): text that ends in a newline, an empty line, signature lines.
 * The signatures are as received; {@link NoteVerification} and what builds on it judge them.
 */
public final class SignedNote {
  /** More than sixteen signatures of the largest type need. */
  public static final int MAX_BYTES = 65_536;

  /** The specification wants at least sixteen accepted. */
  public static final int MAX_SIGNATURES = 64;

  private static final String FORMAT = "signed note";

  private final String text;
  private final List<NoteSignature> signatures;

  private SignedNote(String text, List<NoteSignature> signatures) {
    this.text = text;
    this.signatures = signatures;
  }

  /** Reads a whole note; the inverse of {@link #toBytes}. */
  public static SignedNote parse(byte[] bytes) throws MalformedInputException {
    String note = Lines.decode(bytes, MAX_BYTES, FORMAT);
    int lastEmptyLine = note.lastIndexOf("\n\n");
    if (lastEmptyLine < 0) {
      throw new MalformedInputException(
          FORMAT + ": expected an empty line between text and signatures, found none");
    }
    List<NoteSignature> signatures =
        parseSignatures(note.substring(lastEmptyLine + 2), FORMAT + "'s signatures");
    return of(note.substring(0, lastEmptyLine + 1), signatures);
  }

  /** One signature line or more, each with its newline. */
  static List<NoteSignature> parseSignatures(String text, String format)
      throws MalformedInputException {
    Lines lines = new Lines(text, format);
    List<NoteSignature> signatures = new ArrayList<>();
    do {
      String line = lines.next("a signature");
      if (signatures.size() == MAX_SIGNATURES) {
        throw lines.expected("at most " + MAX_SIGNATURES + " signatures", line);
      }
      try {
        signatures.add(NoteSignature.parse(line));
      } catch (MalformedInputException e) {
        throw e.at(lines.place());
      }
    } while (lines.hasNext());
    return signatures;
  }

  /**
   * A note of these parts.
   *
   * @throws MalformedInputException if the text does not end in a newline or has other control
   *     characters, or if there is no signature or too many
   */
  public static SignedNote of(String text, List<NoteSignature> signatures)
      throws MalformedInputException {
    if (!text.endsWith("\n")) {
      throw new MalformedInputException(FORMAT + ": expected text that ends in a newline");
    }
    if (text.chars().anyMatch(c -> c < ' ' && c != '\n')) {
      throw new MalformedInputException(
          FORMAT + ": expected no control characters but newlines, found another");
    }
    if (signatures.isEmpty() || signatures.size() > MAX_SIGNATURES) {
      throw new MalformedInputException(
          FORMAT + ": expected 1 to " + MAX_SIGNATURES + " signatures, found " + signatures.size());
    }
    SignedNote note = new SignedNote(text, List.copyOf(signatures));
    int length = note.toBytes().length;
    if (length > MAX_BYTES) {
      throw new MalformedInputException(
          FORMAT + ": expected at most " + MAX_BYTES + " bytes, found " + length);
    }
    return note;
  }

  /** What was signed, with its last newline and without the empty line. */
  public String text() {
    return text;
  }

  public List<NoteSignature> signatures() {
    return signatures;
  }

  /** This note with other signatures. */
  public SignedNote withSignatures(List<NoteSignature> other) throws MalformedInputException {
    return of(text, other);
  }

  /** Verifies against the keys that the caller trusts. */
  public NoteVerification open(List<VerifierKey> known) {
    return NoteVerification.of(this, known);
  }

  public byte[] toBytes() {
    return toString().getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SignedNote that
        && text.equals(that.text)
        && signatures.equals(that.signatures);
  }

  @Override
  public int hashCode() {
    return Objects.hash(text, signatures);
  }

  /** The whole note as text. */
  @Override
  public String toString() {
    StringBuilder note = new StringBuilder(text).append('\n');
    signatures.forEach(signature -> note.append(signature).append('\n'));
    return note.toString();
  }
}
