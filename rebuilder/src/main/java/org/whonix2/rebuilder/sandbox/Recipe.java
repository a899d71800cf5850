package org.whonix2.rebuilder.sandbox;

import java.util.Optional;
import org.whonix2.core.statement.Binaries;

/**
 * How a source is built.
 *
 * @param unpacking how the source's files become a folder
 * @param folderName of that folder
 * @param changelogEntry the file, among the source's, that is put before debian/changelog
 * @param binaries which of its packages are built
 * @param options DEB_BUILD_OPTIONS, without {@code parallel}
 */
public record Recipe(
    Unpacking unpacking,
    String folderName,
    Optional<String> changelogEntry,
    Binaries binaries,
    String options) {
  /** What DEB_BUILD_OPTIONS are where nothing else is recorded. */
  public static final String USUAL_OPTIONS = "nocheck";

  /** Builds every binary package of a Debian source package as it is. */
  public static Recipe usual(String dscName, String folderName) {
    return new Recipe(
        new Unpacking.SourcePackage(dscName),
        folderName,
        Optional.empty(),
        Binaries.BINARY,
        USUAL_OPTIONS);
  }
}
