package org.whonix2.rebuilder.input;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.artifact.PackageVersion;
import org.whonix2.core.statement.Binaries;
import org.whonix2.io.cli.CommandException;
import org.whonix2.io.cli.ExitCode;
import org.whonix2.rebuilder.apt.ArchivedSource;
import org.whonix2.rebuilder.apt.SourceRequest;
import org.whonix2.rebuilder.sandbox.Recipe;
import org.whonix2.rebuilder.sandbox.RootContents;
import org.whonix2.rebuilder.sandbox.Unpacking;
import org.whonix2.rebuilder.sandbox.Variant;

/** A source of the archive as the suite has it now, binary-only rebuilds included. */
final class ArchivedInput {
  /** Its name among the source's files; no file of a source begins with a dot. */
  static final String ENTRY = ".changelog-entry";

  private final Fetching fetching;

  ArchivedInput(Fetching fetching) {
    this.fetching = fetching;
  }

  BuildInput fetch(SourceRequest request, Optional<Binaries> asked)
      throws IOException, CommandException, MalformedInputException {
    Optional<PackageVersion> rebuilt =
        request.version().filter(version -> sourceVersion(version).isPresent());
    if (fetching.toolchain().versionSuffix().isPresent()) {
      requireVariant(request, rebuilt, asked);
    }
    SourceRequest wanted =
        new SourceRequest(request.name(), request.version().map(v -> sourceVersion(v).orElse(v)));
    Source source = Source.fetch(fetching.apt().find(wanted), fetching);
    ArchivedSource archived = source.archived();
    Optional<Variant> variant = fetching.variant(archived.name(), archived.version());
    // It has packages of one architecture; whoever asks for others asks for the source as it is.
    Optional<BinaryRebuild> rebuild =
        variant.isEmpty() && asked.orElse(Binaries.ANY) == Binaries.ANY
            ? new ArchivedRebuild(fetching).find(archived)
            : Optional.empty();
    // Of packages for all architectures there is one, which no compiler of ours made.
    boolean anyOnly = rebuild.isPresent() || variant.isPresent();
    Binaries binaries = asked.orElse(anyOnly ? Binaries.ANY : Binaries.BINARY);
    if (rebuilt.isPresent() && !rebuilt.equals(rebuild.map(BinaryRebuild::version))) {
      throw new CommandException(
          ExitCode.USAGE,
          "the archive has no packages of " + archived.name() + " in version " + rebuilt.get(),
          "it has them as " + rebuild.map(BinaryRebuild::version).orElse(archived.version()));
    }
    if (rebuild.isPresent()) {
      rebuild.get().write(fetching.sources(), ENTRY);
    }
    Path dsc = fetching.sources().resolve(archived.dsc().name());
    return new BuildInput(
        archived.toSourcePackage(),
        fetching.sources(),
        dsc,
        source.signer(),
        rebuild,
        new RootContents.BuildDependencies(fetching.toolchain().packageNames(), dsc, binaries),
        new Recipe(
            new Unpacking.SourcePackage(archived.dsc().name()),
            archived.folderName(),
            rebuild.map(r -> ENTRY),
            variant,
            binaries,
            Recipe.USUAL_OPTIONS),
        Optional.empty(),
        Optional.empty(),
        List.of(),
        Optional.empty());
  }

  /** Asked before anything is fetched. */
  private void requireVariant(
      SourceRequest request, Optional<PackageVersion> rebuilt, Optional<Binaries> asked)
      throws CommandException {
    String makes = ", as " + fetching.toolchain().name() + " makes variants";
    if (asked.orElse(Binaries.ANY) != Binaries.ANY) {
      throw new CommandException(
          ExitCode.USAGE,
          "expected --binaries any"
              + makes
              + ", and compiles nothing in packages for all architectures; found "
              + asked.get());
    }
    if (rebuilt.isPresent()) {
      throw new CommandException(
          ExitCode.USAGE,
          "expected a version of source "
              + request.name()
              + makes
              + " of it, found the binary-only rebuild "
              + rebuilt.get());
    }
  }

  /** The source's version, where this is one of a binary-only rebuild. */
  private static Optional<PackageVersion> sourceVersion(PackageVersion version) {
    String text = version.toString();
    int mark = text.lastIndexOf("+b");
    if (mark < 1) {
      return Optional.empty();
    }
    try {
      return Optional.of(PackageVersion.parse(text.substring(0, mark)))
          .filter(source -> BinaryRebuild.isOf(version, source));
    } catch (MalformedInputException e) {
      return Optional.empty();
    }
  }
}
