package org.whonix2.toolchain;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.artifact.PackageVersion;
import org.whonix2.core.digest.Sha256;

/**
 * A named, pinned compiler environment.
 *
 * @param revision raised with each change of what it means
 * @param hashClass artifacts of toolchains with one hash class are comparable with each other
 * @param versionSuffix what its packages have behind the source's version, so that apt can tell
 *     them from the archive's; none: they are to be the archive's
 * @param packages Debian packages that the build root must hold besides the build dependencies
 * @param compilerRoots names of the compilers that this toolchain's own compiler may stem from
 * @param archiveRoot the one of them that the packages' compiler stems from, if they bring one
 * @param plan name of the plan by which the compiler comes from the other roots
 * @param planDigest of that plan, where what comes out depends on it: there is no compiler of the
 *     archive's whose bits it has to reach
 * @param own globs: the packages' programs that are this compiler
 * @param others globs: the compilers that no build may call, but for those of them that are own
 * @param commands what stands first in a build's PATH; none: the packages' programs as they are
 * @param environment variables of every build, besides the usual ones
 * @param timeLimit when a build is killed at the latest
 * @param knownLimits sentences for people
 * @param knownSources what was tried
 * @param digest SHA-256 of the definition's bytes
 */
public record Toolchain(
    String name,
    int revision,
    String hashClass,
    Optional<String> versionSuffix,
    List<PackagePin> packages,
    List<String> compilerRoots,
    Optional<String> archiveRoot,
    Optional<String> plan,
    Optional<Sha256> planDigest,
    List<String> own,
    List<String> others,
    List<CompilerCommand> commands,
    Map<String, String> environment,
    Duration timeLimit,
    List<String> knownLimits,
    List<KnownSource> knownSources,
    Sha256 digest) {
  /** The most bytes a definition may have. */
  public static final int MAX_BYTES = 65_536;

  public Toolchain {
    packages = List.copyOf(packages);
    compilerRoots = List.copyOf(compilerRoots);
    own = List.copyOf(own);
    others = List.copyOf(others);
    commands = List.copyOf(commands);
    environment = Collections.unmodifiableMap(new LinkedHashMap<>(environment));
    knownLimits = List.copyOf(knownLimits);
    knownSources = List.copyOf(knownSources);
  }

  /** Reads a definition as {@link org.whonix2.toolchain the package's page} describes it. */
  public static Toolchain parse(byte[] yaml) throws MalformedInputException {
    return DefinitionReader.read(yaml);
  }

  /** The names of its packages, for apt. */
  public List<String> packageNames() {
    return packages.stream().map(each -> each.name().toString()).toList();
  }

  /** The version under which it builds a source, where that is not the source's own. */
  public Optional<PackageVersion> variant(PackageVersion source) throws MalformedInputException {
    return versionSuffix.isPresent()
        ? Optional.of(PackageVersion.parse(source + versionSuffix.get()))
        : Optional.empty();
  }

  /** Whether a compiler of this root is the packages' own, and nothing has to be regenerated. */
  public boolean isArchives(String compilerRoot) {
    return archiveRoot.equals(Optional.of(compilerRoot));
  }
}
