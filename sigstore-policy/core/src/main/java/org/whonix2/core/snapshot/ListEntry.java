package org.whonix2.core.snapshot;

import java.util.Comparator;
import java.util.regex.Pattern;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.Quoted;
import org.whonix2.core.artifact.Architecture;
import org.whonix2.core.artifact.PackageIdentity;
import org.whonix2.core.artifact.PackageName;
import org.whonix2.core.artifact.PackageVersion;
import org.whonix2.core.deb822.Deb822;
import org.whonix2.core.digest.Sha256;

/**
 * An artifact as the archive's index names it. Ordered by the bytes of its text, which is also the
 * order by name, version, architecture and digest as texts: no field has a character below a space.
 */
public record ListEntry(PackageIdentity identity, Sha256 digest) implements Comparable<ListEntry> {
  private static final Pattern SPACE = Pattern.compile(" ");
  private static final Comparator<ListEntry> ORDER =
      Comparator.comparing((ListEntry entry) -> entry.identity.name().value())
          .thenComparing(entry -> entry.identity.version().value())
          .thenComparing(entry -> entry.identity.architecture().value())
          .thenComparing(ListEntry::digest);

  /** Of a line behind the identity: a space, the digest, the line feed. */
  static final int DIGEST_CHARACTERS = 1 + 2 * Sha256.LENGTH + 1;

  /** Reads {@code name version architecture sha256}; the inverse of {@link #toString}. */
  public static ListEntry parse(String line) throws MalformedInputException {
    int end = line.lastIndexOf(' ');
    if (end < 0) {
      throw expected(line);
    }
    return new ListEntry(
        parseIdentity(line.substring(0, end)), Sha256.parse(line.substring(end + 1)));
  }

  static PackageIdentity parseIdentity(String text) throws MalformedInputException {
    String[] fields = SPACE.split(text, -1);
    if (fields.length != 3) {
      throw expected(text);
    }
    return new PackageIdentity(
        PackageName.parse(fields[0]),
        PackageVersion.parse(fields[1]),
        Architecture.parse(fields[2]));
  }

  private static MalformedInputException expected(String found) {
    return new MalformedInputException(
        "expected 'name version architecture sha256', found " + Quoted.of(found));
  }

  /** What a paragraph of a Packages file names. */
  static ListEntry of(Deb822 paragraph) throws MalformedInputException {
    return new ListEntry(PackageIdentity.of(paragraph), Sha256.parse(paragraph.require("SHA256")));
  }

  @Override
  public int compareTo(ListEntry other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return identity + " " + digest;
  }
}
