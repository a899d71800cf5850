package org.whonix2.rebuilder.repository;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.artifact.BinaryArtifact;
import org.whonix2.core.dsse.Envelope;
import org.whonix2.io.cli.CommandException;
import org.whonix2.io.cli.ExitCode;
import org.whonix2.io.files.AtomicFiles;
import org.whonix2.rebuilder.attest.Attester;

/**
 * A folder that a rebuild left, whose attestation counts: the packages that it names, no others.
 */
record RebuiltFolder(TrustedRebuilders.Attested attested, Map<String, Path> files) {
  private static final String ARTIFACTS = "artifacts";

  RebuiltFolder {
    files = Map.copyOf(files);
  }

  /**
   * Reads the attestation and looks that there is a file for each package that it names, and no
   * more. What is in them is looked at when they are taken.
   *
   * @throws CommandException if the attestation does not count, or something lacks or is too much
   */
  static RebuiltFolder open(Path folder, TrustedRebuilders rebuilders, Instant now)
      throws IOException, CommandException, MalformedInputException {
    Path file = folder.resolve(Attester.FILE);
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      throw new CommandException(
          ExitCode.USAGE,
          file + ": there is no attestation",
          "give the folder that was --out of a rebuild");
    }
    TrustedRebuilders.Attested attested =
        rebuilders.read(AtomicFiles.read(file, Envelope.MAX_BYTES), file.toString(), now);
    Map<String, BinaryArtifact> named = new HashMap<>();
    for (BinaryArtifact artifact : attested.statement().artifacts()) {
      if (named.put(artifact.identity().fileName(), artifact) != null) {
        throw new CommandException(
            ExitCode.REFUSED,
            file + ": two packages of the file name " + artifact.identity().fileName());
      }
    }
    Map<String, Path> files = new HashMap<>();
    Path artifacts = folder.resolve(ARTIFACTS);
    if (!Files.isDirectory(artifacts, LinkOption.NOFOLLOW_LINKS)) {
      throw new CommandException(
          ExitCode.REFUSED, artifacts + ": expected a folder with what is attested, found none");
    }
    try (DirectoryStream<Path> all = Files.newDirectoryStream(artifacts)) {
      for (Path each : all) {
        String name = String.valueOf(each.getFileName());
        if (!named.containsKey(name) || !Files.isRegularFile(each, LinkOption.NOFOLLOW_LINKS)) {
          throw new CommandException(
              ExitCode.REFUSED,
              each + ": expected nothing but the plain files that are attested, found another");
        }
        files.put(name, each);
      }
    }
    for (String name : named.keySet()) {
      if (!files.containsKey(name)) {
        throw new CommandException(
            ExitCode.REFUSED, artifacts.resolve(name) + ": it is attested, and not there");
      }
    }
    return new RebuiltFolder(attested, files);
  }

  /** The file of one of the attested packages. */
  Path file(BinaryArtifact artifact) {
    Path file = files.get(artifact.identity().fileName());
    if (file == null) {
      throw new IllegalStateException("not a package of this folder: " + artifact.identity());
    }
    return file;
  }
}
