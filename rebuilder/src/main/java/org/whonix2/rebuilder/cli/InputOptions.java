package org.whonix2.rebuilder.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.statement.Binaries;
import org.whonix2.core.statement.GitTag;
import org.whonix2.core.statement.GitUrl;
import org.whonix2.io.cli.CommandException;
import org.whonix2.io.cli.ExitCode;
import org.whonix2.rebuilder.apt.ArchiveAddress;
import org.whonix2.rebuilder.apt.SourceRequest;
import org.whonix2.rebuilder.input.Input;
import picocli.CommandLine.Option;

/** What is rebuilt, and where it comes from. */
final class InputOptions {
  @Option(
      names = "--buildinfo",
      paramLabel = "FILE",
      description = "rebuild what this .buildinfo records, with exactly its build dependencies")
  private @Nullable Path buildinfo;

  @Option(
      names = "--buildinfo-signers",
      paramLabel = "KEYRING",
      description = "certificates of those who may have signed the .buildinfo")
  private @Nullable Path buildinfoSigners;

  @Option(
      names = "--unsigned-buildinfo",
      description = "take a .buildinfo whatever its signature is, or without one")
  private boolean unsignedBuildinfo;

  @Option(
      names = "--git",
      paramLabel = "URL",
      description =
          "rebuild a source that is kept in this Git repository (https, http, git or file); SOURCE"
              + " is then what its tag has to be of")
  private @Nullable String git;

  @Option(names = "--tag", paramLabel = "TAG", description = "the signed annotated tag to rebuild")
  private @Nullable String tag;

  @Option(
      names = "--tag-signers",
      paramLabel = "KEYRING",
      description =
          "certificates of those who may have signed the tag (default: Debian's uploaders)")
  private @Nullable Path tagSigners;

  @Option(
      names = "--binaries",
      paramLabel = "KIND",
      description =
          "which of the source's packages to build: any (of this architecture, as Debian's builders"
              + " do), all (the same on all architectures), binary (both together; the default)")
  private @Nullable String binaries;

  @Option(
      names = "--mirror",
      paramLabel = "URL[ SUITE]",
      description = "archive to use in place of the machine's; may be given again")
  private List<String> mirrors = new ArrayList<>();

  @Option(
      names = "--snapshot-mirror",
      paramLabel = "URL[ SUITE]",
      description =
          "archive of the past for versions that the mirror has no more; its Release file may have"
              + " expired; may be given again")
  private List<String> snapshots = new ArrayList<>();

  @Option(
      names = "--require-uploader",
      description = "refuse a source whose .dsc no key of Debian's keyrings signed")
  private boolean requireUploader;

  /** What was asked for. */
  Input input(@Nullable String source) throws CommandException, MalformedInputException {
    // Beside --git a source is what the tag is expected to be of.
    long given =
        Stream.of(git == null ? source : null, buildinfo, git).filter(Objects::nonNull).count();
    if (given != 1 || (source != null && buildinfo != null)) {
      throw new CommandException(
          ExitCode.USAGE,
          "expected a source, --buildinfo or --git, found "
              + (given == 0 ? "none of them" : "more than one of them"));
    }
    if (buildinfo == null && (unsignedBuildinfo || buildinfoSigners != null)) {
      throw new CommandException(
          ExitCode.USAGE, "expected --buildinfo with an option that is about it, found none");
    }
    if (git == null && (tag != null || tagSigners != null)) {
      throw new CommandException(
          ExitCode.USAGE, "expected --git with an option that is about it, found none");
    }
    if (source != null && git == null) {
      return new Input.Archived(SourceRequest.parse(source), kind());
    }
    if (binaries != null) {
      throw new CommandException(
          ExitCode.USAGE, "expected a source of the archive with --binaries, found none");
    }
    return buildinfo != null ? recorded(buildinfo) : tagged(String.valueOf(git), source);
  }

  private Optional<Binaries> kind() throws MalformedInputException {
    return binaries == null ? Optional.empty() : Optional.of(Binaries.parse(binaries));
  }

  private Input tagged(String url, @Nullable String source)
      throws CommandException, MalformedInputException {
    if (tag == null) {
      throw new CommandException(
          ExitCode.USAGE,
          "expected --tag with --git, found none",
          "only a signed tag says whose source it is");
    }
    Optional<SourceRequest> expected =
        source == null ? Optional.empty() : Optional.of(SourceRequest.parse(source));
    return new Input.Git(
        GitUrl.parse(url), GitTag.parse(tag), Optional.ofNullable(tagSigners), expected);
  }

  private Input recorded(Path buildinfo) throws CommandException {
    if (unsignedBuildinfo == (buildinfoSigners != null)) {
      throw new CommandException(
          ExitCode.USAGE,
          "expected either --buildinfo-signers or --unsigned-buildinfo with --buildinfo",
          "--buildinfo-signers KEYRING says whose word counts; --unsigned-buildinfo takes anybody's");
    }
    return new Input.Recorded(buildinfo, Optional.ofNullable(buildinfoSigners));
  }

  List<ArchiveAddress> mirrors(String suite) throws MalformedInputException {
    return addresses(mirrors, suite);
  }

  List<ArchiveAddress> snapshots(String suite) throws MalformedInputException {
    return addresses(snapshots, suite);
  }

  boolean requireUploader() {
    return requireUploader;
  }

  /** Of the suite that the attestation will name, or one that belongs to it. */
  static List<ArchiveAddress> addresses(List<String> texts, String suite)
      throws MalformedInputException {
    List<ArchiveAddress> addresses = new ArrayList<>();
    for (String text : texts) {
      ArchiveAddress address = ArchiveAddress.parse(text);
      if (address.suite().filter(s -> !s.equals(suite) && !s.startsWith(suite + "-")).isPresent()) {
        throw new MalformedInputException(
            "expected an archive of suite " + suite + " as --suite says, found " + address);
      }
      addresses.add(address);
    }
    return addresses;
  }
}
