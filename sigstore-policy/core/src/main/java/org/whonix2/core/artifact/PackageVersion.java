package org.whonix2.core.artifact;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.Quoted;

/**
 * A Debian package version, {@code [epoch:]upstream[-revision]} (Debian Policy 5.6.12). Compared
 * for equality as text, as an attestation names exactly one version.
 */
public record PackageVersion(String value) {
  private static final int MAX_LENGTH = 200;

  /** A colon is allowed in the upstream part only behind an epoch. */
  private static final Pattern FORM =
      Pattern.compile(
          "(?:(?<epoch>[0-9]{1,9}):(?<upstream1>[0-9][A-Za-z0-9.+~:-]*?)"
              + "|(?<upstream0>[0-9][A-Za-z0-9.+~-]*?))"
              + "(?:-(?<revision>[A-Za-z0-9+.~]+))?");

  public PackageVersion {
    match(value);
  }

  private static Matcher match(String value) {
    Matcher matcher = FORM.matcher(value);
    if (value.length() > MAX_LENGTH || !matcher.matches() || value.endsWith("-")) {
      throw new IllegalArgumentException("not a package version: " + value);
    }
    return matcher;
  }

  /** Reads a version; the inverse of {@link #toString}. */
  public static PackageVersion parse(String text) throws MalformedInputException {
    try {
      return new PackageVersion(text);
    } catch (IllegalArgumentException e) {
      throw new MalformedInputException(
          "expected a version [epoch:]upstream[-revision], found " + Quoted.of(text), e);
    }
  }

  /** Without the epoch: how file names carry a version. */
  public String withoutEpoch() {
    return value.substring(value.indexOf(':') + 1);
  }

  /** Without epoch and Debian revision: how unpacked source folders carry a version. */
  public String upstream() {
    Matcher matcher = match(value);
    String upstream = matcher.group("upstream1");
    return upstream != null ? upstream : matcher.group("upstream0");
  }

  @Override
  public String toString() {
    return value;
  }
}
