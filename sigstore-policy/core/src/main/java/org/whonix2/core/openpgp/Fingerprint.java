package org.whonix2.core.openpgp;

import java.util.Locale;
import java.util.regex.Pattern;
import org.whonix2.core.MalformedInputException;

/**
 * An OpenPGP key's fingerprint: 20 bytes for version 4 (RFC 4880), 32 for version 6 (RFC 9580).
 *
 * @param hex 40 or 64 lower-case hexadecimal digits
 */
public record Fingerprint(String hex) implements Comparable<Fingerprint> {
  private static final Pattern FORM = Pattern.compile("[0-9a-f]{40}|[0-9a-f]{64}");

  public Fingerprint {
    if (!FORM.matcher(hex).matches()) {
      throw new IllegalArgumentException("not a fingerprint: " + hex);
    }
  }

  /** Reads 40 or 64 hexadecimal digits of either case. */
  public static Fingerprint parse(String text) throws MalformedInputException {
    String hex = text.toLowerCase(Locale.ROOT);
    if (!FORM.matcher(hex).matches()) {
      throw new MalformedInputException(
          "expected a fingerprint of 40 or 64 hexadecimal digits, found "
              + text.length()
              + " characters");
    }
    return new Fingerprint(hex);
  }

  @Override
  public int compareTo(Fingerprint other) {
    return hex.compareTo(other.hex);
  }

  @Override
  public String toString() {
    return hex;
  }
}
