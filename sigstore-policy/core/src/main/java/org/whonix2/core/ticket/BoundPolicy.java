package org.whonix2.core.ticket;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.Quoted;
import org.whonix2.core.digest.Sha256;

/**
 * The policy document that tickets hold under.
 *
 * @param digest of its bytes
 * @param path absolute, in printable ASCII; spaces are allowed
 */
public record BoundPolicy(Sha256 digest, String path) {
  private static final Pattern PATH = Pattern.compile("/[ -~]{1,1023}");
  private static final Pattern FORM = Pattern.compile("(?<digest>[0-9a-f]{64}) (?<path>.*)");

  public BoundPolicy {
    if (!PATH.matcher(path).matches()) {
      throw new IllegalArgumentException("not an absolute path in ASCII: " + Quoted.of(path));
    }
  }

  /** The document of this path. */
  public static BoundPolicy of(byte[] document, String path) throws MalformedInputException {
    return of(Sha256.of(document), path);
  }

  private static BoundPolicy of(Sha256 digest, String path) throws MalformedInputException {
    if (!PATH.matcher(path).matches()) {
      throw new MalformedInputException(
          "expected an absolute path of the policy in printable ASCII, found " + Quoted.of(path));
    }
    return new BoundPolicy(digest, path);
  }

  /** Reads the header's value; the inverse of {@link #toString}. */
  public static BoundPolicy parse(String text) throws MalformedInputException {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      throw new MalformedInputException("expected '<sha256> <path>', found " + Quoted.of(text));
    }
    return of(Sha256.parse(matcher.group("digest")), matcher.group("path"));
  }

  @Override
  public String toString() {
    return digest + " " + path;
  }
}
