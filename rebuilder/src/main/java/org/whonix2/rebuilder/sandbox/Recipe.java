package org.whonix2.rebuilder.sandbox;

import java.util.Optional;
import java.util.Set;

/**
 * How a source is built.
 *
 * @param unpacking how the source's files become a folder
 * @param folderName of that folder
 * @param changelogEntry the file, among the source's, that is put before debian/changelog
 * @param binaries {@link #BINARY}, {@link #ANY} or {@link #ALL}
 * @param options DEB_BUILD_OPTIONS, without {@code parallel}
 */
public record Recipe(
    Unpacking unpacking,
    String folderName,
    Optional<String> changelogEntry,
    String binaries,
    String options) {
  /** Every binary package, as dpkg-buildpackage's option {@code --build=} calls it. */
  public static final String BINARY = "binary";

  /** Those of this architecture only. */
  public static final String ANY = "any";

  /** Those of all architectures only. */
  public static final String ALL = "all";

  /** What DEB_BUILD_OPTIONS are where nothing else is recorded. */
  public static final String USUAL_OPTIONS = "nocheck";

  public Recipe {
    if (!Set.of(BINARY, ANY, ALL).contains(binaries)) {
      throw new IllegalArgumentException("not a kind of build: " + binaries);
    }
  }

  /** Builds every binary package of a Debian source package as it is. */
  public static Recipe usual(String dscName, String folderName) {
    return new Recipe(
        new Unpacking.SourcePackage(dscName), folderName, Optional.empty(), BINARY, USUAL_OPTIONS);
  }
}
