package org.whonix2.rebuilder.repository;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.dsse.Envelope;
import org.whonix2.io.cli.CommandException;
import org.whonix2.io.cli.ExitCode;
import org.whonix2.io.files.AtomicFiles;

/** The envelopes that lie in a repository, each under its own digest. */
record KeptAttestations(Path folder) {
  private static final Pattern NAME = Pattern.compile("[0-9a-f]{64}\\.json");

  static KeptAttestations of(Path repository, String suite) {
    return new KeptAttestations(repository.resolve("attestations").resolve(suite));
  }

  /**
   * Takes all of them as evidence, verified as if they were new.
   *
   * @throws CommandException if one does not count any more, or has another name than its digest
   */
  void readInto(Evidence evidence, TrustedRebuilders rebuilders, Instant now)
      throws IOException, CommandException, MalformedInputException {
    for (Path file : files()) {
      byte[] json = AtomicFiles.read(file, Envelope.MAX_BYTES);
      if (!String.valueOf(file.getFileName()).equals(Sha256.of(json) + ".json")) {
        throw new CommandException(
            ExitCode.REFUSED, file + ": expected an envelope of this digest, found another");
      }
      try {
        evidence.add(rebuilders.read(json, file.toString(), now).statement());
      } catch (CommandException e) {
        throw new CommandException(
            e.exitCode(),
            String.valueOf(e.getMessage()),
            "give its rebuilder's certificate with --certificate, or remove this file and the"
                + " packages that only it names",
            e);
      }
    }
  }

  private TreeSet<Path> files() throws IOException, CommandException {
    TreeSet<Path> files = new TreeSet<>();
    if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
      return files;
    }
    try (DirectoryStream<Path> all = Files.newDirectoryStream(folder)) {
      for (Path file : all) {
        String name = String.valueOf(file.getFileName());
        // What a killed run left aside; see AtomicFiles.
        if (name.startsWith(".") && name.endsWith(".tmp")) {
          Files.delete(file);
          continue;
        }
        if (!NAME.matcher(name).matches()
            || !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
            || files.size() >= StagedPool.MOST) {
          throw new CommandException(
              ExitCode.REFUSED,
              file + ": expected at most " + StagedPool.MOST + " attestations, found another");
        }
        files.add(file);
      }
    }
    return files;
  }

  /** Adds one; its folder comes into being. */
  void keep(TrustedRebuilders.Attested attested) throws IOException {
    AtomicFiles.createFolders(folder);
    AtomicFiles.replace(folder.resolve(attested.digest() + ".json"), attested.envelope().toBytes());
  }
}
