package org.whonix2.rebuilder.sandbox;

import java.util.List;
import org.whonix2.core.artifact.PackageName;
import org.whonix2.core.artifact.PackageVersion;

/**
 * A build by another compiler than the archive's, whose packages have a version of their own, so
 * that apt can tell the two apart. It is named as the archive's builders name a binary-only rebuild
 * (deb-changelog(5)): by an entry before those of debian/changelog, so dpkg still knows the version
 * of the source. The entry has the date of the one before, for SOURCE_DATE_EPOCH.
 *
 * @param version of its packages, which ends with the suffix
 * @param suffix that all of its packages' versions have, whatever versions the source gives them
 * @param toolchain that builds it
 */
public record Variant(PackageName source, PackageVersion version, String suffix, String toolchain) {
  /** By a shell, and as the build's user: what it reads and replaces is the source's own. */
  private static final String PREPEND =
      """
      set -eu
      suite=$(dpkg-parsechangelog --show-field Distribution)
      date=$(dpkg-parsechangelog --show-field Date)
      printf '%s (%s) %s; urgency=low, binary-only=yes\\n\\n' "$1" "$2" "$suite" >../.changelog
      printf '  * Variant, built by %s.\\n\\n' "$3" >>../.changelog
      printf ' -- whonix2-rebuilder <rebuilder@whonix2.invalid>  %s\\n\\n' "$date" >>../.changelog
      cat debian/changelog >>../.changelog
      mv -f ../.changelog debian/changelog
      """;

  /** Runs in the unpacked source's folder. */
  List<String> command() {
    return List.of(
        "/bin/sh", "-c", PREPEND, "sh", source.toString(), version.toString(), toolchain);
  }
}
