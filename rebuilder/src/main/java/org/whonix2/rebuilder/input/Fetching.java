package org.whonix2.rebuilder.input;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.artifact.PackageName;
import org.whonix2.core.artifact.PackageVersion;
import org.whonix2.rebuilder.apt.AptRoot;
import org.whonix2.rebuilder.process.Programs;
import org.whonix2.rebuilder.sandbox.Variant;
import org.whonix2.toolchain.Toolchain;

/**
 * Where an input is fetched from and to.
 *
 * @param apt its lists are fetched already
 * @param sources an empty folder for the source's files, which the build will see
 * @param aside an empty folder for what else is fetched, which it will not
 * @param kept a folder for what later rebuilds need again, created if missing
 * @param toolchain that will build it
 * @param requireUploader whether a source that no known uploader signed is refused
 * @param programs say whether we were told to stop
 * @param now to judge signatures by
 * @param notices gets what a user should know, one line each
 */
public record Fetching(
    AptRoot apt,
    Path sources,
    Path aside,
    Path kept,
    Toolchain toolchain,
    boolean requireUploader,
    Programs programs,
    Instant now,
    Consumer<String> notices) {
  /** What the toolchain calls what it builds of this source, if not as the source is. */
  Optional<Variant> variant(PackageName source, PackageVersion version)
      throws MalformedInputException {
    return toolchain
        .variant(version)
        .map(
            built ->
                new Variant(
                    source, built, toolchain.versionSuffix().orElseThrow(), toolchain.name()));
  }
}
