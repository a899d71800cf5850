package org.whonix2.rebuilder.rebuild;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.artifact.BinaryArtifact;
import org.whonix2.core.artifact.DebFile;
import org.whonix2.core.digest.Sha256;
import org.whonix2.rebuilder.sandbox.Variant;

/**
 * What a build left directly in its folder, copied out to where no build can reach. Only plain
 * files with plain names are taken; a link, whatever it points at, is not a file that the build
 * made.
 *
 * @param artifacts the .debs, by what their control data says they are
 * @param buildinfo digest of the .buildinfo
 */
record BuildOutput(List<BinaryArtifact> artifacts, Sha256 buildinfo) {
  private static final Pattern DEB = Pattern.compile("[a-z0-9][A-Za-z0-9.+~_-]{0,250}\\.deb");
  private static final Pattern RECORD =
      Pattern.compile("[a-z0-9][A-Za-z0-9.+~_-]{0,250}\\.(?:buildinfo|changes)");
  private static final int MOST_FILES = 500;
  private static final int MOST_NAMES = 100_000;
  private static final long MOST_BYTES = 16L << 30;
  private static final long MOST_RECORD_BYTES = 8 << 20;

  BuildOutput {
    artifacts = List.copyOf(artifacts);
  }

  /**
   * Copies the files out. Every process of the build must be dead.
   *
   * @param buildinfoName the .buildinfo that must be there
   * @throws MalformedInputException if the build left something else than a build should
   */
  static BuildOutput take(Path work, Path out, String buildinfoName)
      throws IOException, MalformedInputException {
    Path artifacts = Files.createDirectory(out.resolve("artifacts"));
    List<BinaryArtifact> taken = new ArrayList<>();
    Optional<Sha256> buildinfo = Optional.empty();
    long bytes = 0;
    for (Path file : wanted(work)) {
      String name = String.valueOf(file.getFileName());
      long size = Files.size(file);
      bytes += size;
      if (bytes > MOST_BYTES || (RECORD.matcher(name).matches() && size > MOST_RECORD_BYTES)) {
        throw new MalformedInputException(
            name
                + ": expected at most "
                + MOST_RECORD_BYTES
                + " bytes in a record and "
                + MOST_BYTES
                + " in all, found more");
      }
      if (DEB.matcher(name).matches()) {
        taken.add(takeDeb(file, artifacts.resolve(name), name));
      } else {
        Sha256 digest = copy(file, out.resolve(name));
        if (name.equals(buildinfoName)) {
          buildinfo = Optional.of(digest);
        }
      }
    }
    if (taken.isEmpty()) {
      throw new MalformedInputException("expected binary packages, found none");
    }
    Sha256 found =
        buildinfo.orElseThrow(
            () -> new MalformedInputException("expected " + buildinfoName + ", found none"));
    return new BuildOutput(taken, found);
  }

  /**
   * A source can give its packages versions of their own, past its changelog: another compiler's
   * bits are none of the archive's packages.
   */
  void requireVersions(Optional<Variant> variant) throws MalformedInputException {
    if (variant.isEmpty()) {
      return;
    }
    for (BinaryArtifact artifact : artifacts) {
      if (!artifact.identity().version().toString().endsWith(variant.get().suffix())) {
        throw new MalformedInputException(
            "expected versions that end with "
                + variant.get().suffix()
                + ", found "
                + artifact.identity());
      }
    }
  }

  /** Sorted, so that every rebuilder lists its artifacts alike. */
  private static List<Path> wanted(Path work) throws IOException, MalformedInputException {
    TreeSet<Path> files = new TreeSet<>();
    int names = 0;
    try (DirectoryStream<Path> all = Files.newDirectoryStream(work)) {
      for (Path file : all) {
        String name = String.valueOf(file.getFileName());
        boolean named = DEB.matcher(name).matches() || RECORD.matcher(name).matches();
        if (named && Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
          files.add(file);
        }
        if (++names > MOST_NAMES || files.size() > MOST_FILES) {
          throw new MalformedInputException(
              "expected at most " + MOST_FILES + " files of a build, found more");
        }
      }
    }
    return List.copyOf(files);
  }

  private static BinaryArtifact takeDeb(Path from, Path to, String name)
      throws IOException, MalformedInputException {
    copy(from, to);
    try (InputStream in = new BufferedInputStream(Files.newInputStream(to))) {
      BinaryArtifact artifact = DebFile.read(in);
      if (!artifact.identity().fileName().equals(name)) {
        throw new MalformedInputException(
            "expected the package inside to be what the file's name says, found "
                + artifact.identity());
      }
      return artifact;
    } catch (MalformedInputException e) {
      throw e.at(name);
    }
  }

  /** The digest is that of our copy. */
  private static Sha256 copy(Path from, Path to) throws IOException {
    try (InputStream in = Files.newInputStream(from, LinkOption.NOFOLLOW_LINKS)) {
      Files.copy(in, to);
    }
    try (InputStream in = Files.newInputStream(to)) {
      return Sha256.of(in);
    }
  }
}
