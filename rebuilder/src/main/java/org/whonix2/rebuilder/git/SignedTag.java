package org.whonix2.rebuilder.git;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.Quoted;
import org.whonix2.core.openpgp.SignedDocument;
import org.whonix2.core.statement.GitId;
import org.whonix2.core.statement.GitTag;

/**
 * A tag object as its maker signed it, read strictly: four headers, a message, one signature, and
 * nothing more. What the signature is worth is not judged here.
 *
 * @param commit that it names
 * @param signature over all that stands before it
 */
public record SignedTag(GitId commit, SignedDocument signature) {
  /** The most bytes a tag object may have; its message is a text for people. */
  public static final int MAX_BYTES = 256 << 10;

  private static final Pattern OBJECT = Pattern.compile("object ([0-9a-f]{40})");
  private static final Pattern TYPE = Pattern.compile("type ([a-z]{1,20})");
  private static final Pattern TAGGER =
      Pattern.compile("tagger [^<>\\n]{0,500}<[^<>\\n]{0,500}> [0-9]{1,12} [+-][0-9]{4}");
  private static final String SIGNATURE = "-----BEGIN PGP SIGNATURE-----";
  private static final List<String> OTHER_SIGNATURES =
      List.of("-----BEGIN SSH SIGNATURE-----", "-----BEGIN SIGNED MESSAGE-----");

  /**
   * Reads a tag object.
   *
   * @param asked the name it must have itself: whoever serves it could rename it
   */
  public static SignedTag parse(byte[] object, GitTag asked) throws MalformedInputException {
    if (object.length > MAX_BYTES) {
      throw new MalformedInputException(
          "expected a tag of at most " + MAX_BYTES + " bytes, found " + object.length);
    }
    return new Reader(object).read(asked);
  }

  /** Goes through the object line by line. */
  private static final class Reader {
    private final byte[] in;
    private int position;

    Reader(byte[] in) {
      this.in = in;
    }

    SignedTag read(GitTag asked) throws MalformedInputException {
      Matcher object = OBJECT.matcher(line());
      if (!object.matches()) {
        throw new MalformedInputException("expected 'object' and an id in a tag's first line");
      }
      Matcher type = TYPE.matcher(line());
      if (!type.matches() || !type.group(1).equals("commit")) {
        throw new MalformedInputException(
            "expected a tag of a commit, found a tag of a "
                + (type.matches() ? type.group(1) : "thing without a type"));
      }
      String name = line();
      if (!name.equals("tag " + asked)) {
        throw new MalformedInputException(
            "expected the tag object of '" + asked + "', found " + Quoted.of(name));
      }
      String tagger = line();
      if (!TAGGER.matcher(tagger).matches()) {
        throw new MalformedInputException(
            "expected 'tagger NAME <ADDRESS> TIME ZONE', found " + Quoted.of(tagger));
      }
      String empty = line();
      if (!empty.isEmpty()) {
        throw new MalformedInputException(
            "expected an empty line behind the tagger, found " + Quoted.of(empty));
      }
      int start = signatureStart();
      return new SignedTag(
          GitId.parse(object.group(1)),
          SignedDocument.ofBytes(
              Arrays.copyOfRange(in, start, in.length), Arrays.copyOf(in, start)));
    }

    /** Where the one line is that begins a signature; two would be two ways to read it. */
    private int signatureStart() throws MalformedInputException {
      int start = -1;
      while (position < in.length) {
        int here = position;
        String line = line();
        if (OTHER_SIGNATURES.contains(line)) {
          throw new MalformedInputException(
              "expected an OpenPGP signature, found " + Quoted.of(line));
        }
        if (line.equals(SIGNATURE)) {
          if (start >= 0) {
            throw new MalformedInputException("expected one signature, found two");
          }
          start = here;
        }
      }
      if (start < 0) {
        throw new MalformedInputException(
            "expected a signed annotated tag, found an annotated tag without a signature");
      }
      return start;
    }

    /** The next line, without its line feed. */
    private String line() throws MalformedInputException {
      int end = position;
      while (end < in.length && in[end] != '\n') {
        end++;
      }
      if (end == in.length) {
        throw new MalformedInputException("expected a line feed at the end of a tag's last line");
      }
      byte[] line = Arrays.copyOfRange(in, position, end);
      position = end + 1;
      try {
        return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(line)).toString();
      } catch (CharacterCodingException e) {
        throw new MalformedInputException("expected UTF-8 in a tag", e);
      }
    }
  }
}
