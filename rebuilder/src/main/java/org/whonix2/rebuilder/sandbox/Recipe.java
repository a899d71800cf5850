package org.whonix2.rebuilder.sandbox;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.whonix2.core.statement.Binaries;

/**
 * How a source is built.
 *
 * @param unpacking how the source's files become a folder
 * @param folderName of that folder
 * @param changelogEntry the file, among the source's, that is put before debian/changelog
 * @param variant what its packages are called, if not as the source is
 * @param binaries which of its packages are built
 * @param options DEB_BUILD_OPTIONS, without {@code parallel}
 */
public record Recipe(
    Unpacking unpacking,
    String folderName,
    Optional<String> changelogEntry,
    Optional<Variant> variant,
    Binaries binaries,
    String options)
    implements Work {
  /** What DEB_BUILD_OPTIONS are where nothing else is recorded. */
  public static final String USUAL_OPTIONS = "nocheck";

  /**
   * By a shell, and as the build's user: what it replaces is the source's own, and may be a link.
   */
  private static final String PREPEND =
      "cat \"$1\" debian/changelog >../.changelog && mv -f ../.changelog debian/changelog";

  /** Builds every binary package of a Debian source package as it is. */
  public static Recipe usual(String dscName, String folderName) {
    return new Recipe(
        new Unpacking.SourcePackage(dscName),
        folderName,
        Optional.empty(),
        Optional.empty(),
        Binaries.BINARY,
        USUAL_OPTIONS);
  }

  @Override
  public List<Step> steps(Surroundings surroundings) {
    String path = surroundings.buildPath();
    String folder = path + "/" + folderName;
    List<Step> steps = new ArrayList<>();
    // dpkg-source sets the times of what it patches, which libfaketime cannot do.
    steps.add(new Step("unpacking", unpacking.command(folderName), path, true));
    changelogEntry.ifPresent(
        entry ->
            steps.add(
                new Step(
                    "adding the changelog entry",
                    List.of("/bin/sh", "-c", PREPEND, "sh", Sandbox.SOURCE_PATH + "/" + entry),
                    folder)));
    variant.ifPresent(each -> steps.add(new Step("naming the variant", each.command(), folder)));
    steps.add(
        new Step(
            "building", List.of("dpkg-buildpackage", "--build=" + binaries, "-us", "-uc"), folder));
    return steps;
  }

  @Override
  public Map<String, String> environment(Surroundings surroundings) {
    return Map.of(
        "DEB_BUILD_OPTIONS", (options + " parallel=" + surroundings.processors()).strip());
  }

  @Override
  public List<String> results() {
    return List.of("*.deb", "*.buildinfo", "*.changes");
  }
}
