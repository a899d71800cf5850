package org.whonix2.core.artifact;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.Quoted;

/**
 * A Debian package version, {@code [epoch:]upstream[-revision]} (Debian Policy 5.6.12).
 *
 * <p>Equal are versions of one text, as an attestation names exactly one. Their order is dpkg's,
 * and it is not consistent with equals: {@code 1.0}, {@code 1.00}, {@code 1.0-0} and {@code 0:1.0}
 * compare as 0 and are four versions. So never look a version up by order, such as in a TreeMap.
 */
public record PackageVersion(String value) implements Comparable<PackageVersion> {
  private static final int MAX_LENGTH = 200;

  /**
   * A colon is allowed in the upstream part only behind an epoch. What follows the last hyphen is
   * the revision: an upstream part with a hyphen has a revision behind it.
   */
  private static final Pattern FORM =
      Pattern.compile(
          "(?:(?<epoch>[0-9]{1,10}):(?<upstream1>[0-9][A-Za-z0-9.+~:-]*?)"
              + "|(?<upstream0>[0-9][A-Za-z0-9.+~-]*?))"
              + "(?:-(?<revision>[A-Za-z0-9+.~]+))?");

  public PackageVersion {
    match(value);
  }

  private static Matcher match(String value) {
    Matcher matcher = FORM.matcher(value);
    if (value.length() > MAX_LENGTH
        || !matcher.matches()
        || (matcher.group("revision") == null && value.indexOf('-') >= 0)
        || epoch(matcher) > Integer.MAX_VALUE) {
      throw new IllegalArgumentException("not a package version: " + value);
    }
    return matcher;
  }

  private static long epoch(Matcher matcher) {
    String epoch = matcher.group("epoch");
    return epoch == null ? 0 : Long.parseLong(epoch);
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

  /** The order in which dpkg upgrades, {@code dpkg --compare-versions}; see the class comment. */
  @Override
  public int compareTo(PackageVersion other) {
    int byEpoch = Integer.compare(epoch(), other.epoch());
    if (byEpoch != 0) {
      return byEpoch;
    }
    String left = withoutEpoch();
    String right = other.withoutEpoch();
    int leftEnd = upstreamEnd(left);
    int rightEnd = upstreamEnd(right);
    int byUpstream = VersionOrder.compare(left.substring(0, leftEnd), right.substring(0, rightEnd));
    return byUpstream != 0
        ? byUpstream
        : VersionOrder.compare(revision(left, leftEnd), revision(right, rightEnd));
  }

  private int epoch() {
    int colon = value.indexOf(':');
    return colon < 0 ? 0 : Integer.parseInt(value, 0, colon, 10);
  }

  private static int upstreamEnd(String withoutEpoch) {
    int hyphen = withoutEpoch.lastIndexOf('-');
    return hyphen < 0 ? withoutEpoch.length() : hyphen;
  }

  /** None counts as the empty one, which compares as {@code 0} does. */
  private static String revision(String withoutEpoch, int upstreamEnd) {
    return withoutEpoch.substring(Math.min(upstreamEnd + 1, withoutEpoch.length()));
  }

  @Override
  public String toString() {
    return value;
  }
}
