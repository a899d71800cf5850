package org.whonix2.rebuilder.publish;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.whonix2.core.artifact.BinaryArtifact;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.statement.Byproduct;
import org.whonix2.core.statement.RebuildAttestation;
import org.whonix2.core.statement.RebuildStatement;

/**
 * A file that a statement names by its digest, in the folder of its rebuild.
 *
 * @param digest of what it holds now
 */
public record NamedFile(Path file, Sha256 digest) {
  /**
   * The log, the reports and the .buildinfo of a rebuild, and some of its artifacts. What is not
   * there any more, or not as it was attested, is left out: nobody would take it.
   *
   * @param artifacts the digests of those that are wanted, too
   */
  public static List<NamedFile> of(Path folder, RebuildStatement statement, Set<Sha256> artifacts)
      throws IOException {
    Set<Sha256> wanted = named(statement, artifacts);
    List<NamedFile> found = new ArrayList<>();
    List<Path> folders =
        artifacts.isEmpty() ? List.of(folder) : List.of(folder, folder.resolve("artifacts"));
    for (Path each : folders) {
      if (Files.isDirectory(each, LinkOption.NOFOLLOW_LINKS)) {
        addFrom(each, wanted, found);
      }
    }
    return found;
  }

  /** The digests of all that {@link #of} looks for. */
  public static Set<Sha256> named(RebuildStatement statement, Set<Sha256> artifacts) {
    Set<Sha256> wanted = new HashSet<>();
    statement.rebuild().byproducts().stream().map(Byproduct::digest).forEach(wanted::add);
    if (statement instanceof RebuildAttestation attestation) {
      wanted.add(attestation.buildinfo());
    }
    statement.artifacts().stream()
        .map(BinaryArtifact::digest)
        .filter(artifacts::contains)
        .forEach(wanted::add);
    return wanted;
  }

  /** All artifacts that a statement names. */
  public static Set<Sha256> artifacts(RebuildStatement statement) {
    Set<Sha256> all = new HashSet<>();
    statement.artifacts().stream().map(BinaryArtifact::digest).forEach(all::add);
    return all;
  }

  /** Files by what they hold; one of several with the same content is enough. */
  private static void addFrom(Path folder, Set<Sha256> wanted, List<NamedFile> found)
      throws IOException {
    List<Path> files = new ArrayList<>();
    try (DirectoryStream<Path> all = Files.newDirectoryStream(folder)) {
      all.forEach(files::add);
    }
    Collections.sort(files);
    for (Path file : files) {
      if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) && !wanted.isEmpty()) {
        try (InputStream in = Files.newInputStream(file)) {
          Sha256 digest = Sha256.of(in);
          if (wanted.remove(digest)) {
            found.add(new NamedFile(file, digest));
          }
        }
      }
    }
  }
}
