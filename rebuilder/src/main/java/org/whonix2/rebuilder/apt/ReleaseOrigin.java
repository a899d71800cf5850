package org.whonix2.rebuilder.apt;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.Quoted;
import org.whonix2.core.deb822.Deb822;
import org.whonix2.io.cli.CommandException;
import org.whonix2.io.cli.ExitCode;
import org.whonix2.io.files.AtomicFiles;

/**
 * Whose archive the lists are of, by the Release files that apt has verified. Another repository
 * may have a suite of the same name, and a key that the machine trusts.
 */
final class ReleaseOrigin {
  private static final String DEBIAN = "Debian";
  private static final int MAX_BYTES = 16 << 20;
  private static final String MESSAGE = "-----BEGIN PGP SIGNED MESSAGE-----\n";
  private static final String SIGNATURE = "\n-----BEGIN PGP SIGNATURE-----\n";

  private ReleaseOrigin() {}

  /**
   * Reads every InRelease and Release file.
   *
   * @throws CommandException if one of them is not Debian's, or there is none
   */
  static void requireDebian(Path lists) throws IOException, CommandException {
    int count = 0;
    try (DirectoryStream<Path> files = Files.newDirectoryStream(lists, "*_{InRelease,Release}")) {
      for (Path file : files) {
        count++;
        String origin = read(file);
        if (!origin.equals(DEBIAN)) {
          throw new CommandException(
              ExitCode.OUTSIDE_FAILED,
              file.getFileName() + ": expected Origin 'Debian', found " + Quoted.of(origin),
              "give the other repository's entry in the machine's apt sources a Signed-By with its"
                  + " own keyring");
        }
      }
    }
    if (count == 0) {
      throw new CommandException(
          ExitCode.OUTSIDE_FAILED, "expected a Release file in apt's lists, found none", null);
    }
  }

  private static String read(Path file) throws IOException, CommandException {
    try {
      return origin(new String(AtomicFiles.read(file, MAX_BYTES), StandardCharsets.UTF_8));
    } catch (MalformedInputException e) {
      throw new CommandException(
          ExitCode.OUTSIDE_FAILED, file.getFileName() + ": " + e.getMessage(), null, e);
    }
  }

  /** The Origin in a Release file, whether or not it is clearsigned; empty if it states none. */
  static String origin(String release) throws MalformedInputException {
    List<Deb822> paragraphs = Deb822.parseAll(signedText(release));
    if (paragraphs.size() != 1) {
      throw new MalformedInputException("expected one paragraph, found " + paragraphs.size());
    }
    return paragraphs.get(0).get("Origin").orElse("");
  }

  /** RFC 9580, section 7: armor headers end at an empty line, dashes are escaped. */
  private static String signedText(String release) throws MalformedInputException {
    if (!release.startsWith(MESSAGE)) {
      return release;
    }
    int begin = release.indexOf("\n\n") + 2;
    int end = release.indexOf(SIGNATURE);
    if (begin < 2 || end < begin) {
      throw new MalformedInputException("expected a clearsigned message, found no end of it");
    }
    return release.substring(begin, end).replaceAll("(?m)^- ", "") + "\n";
  }
}
