package org.whonix2.rebuilder.repository;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.whonix2.core.artifact.BinaryArtifact;
import org.whonix2.core.artifact.DebFile;
import org.whonix2.rebuilder.Results;
import org.whonix2.rebuilder.attest.Attester;
import org.whonix2.rebuilder.attest.RebuilderKey;
import org.whonix2.rebuilder.attest.SequenceNumbers;
import org.whonix2.rebuilder.input.LocalArchive;
import org.whonix2.rebuilder.rebuild.Comparison;
import org.whonix2.rebuilder.rebuild.RebuildResult;
import org.whonix2.rebuilder.rebuild.RecordedBuild;

/** What a rebuilder leaves of a source {@code tiny}: real .debs, attested under a key of his. */
public final class RebuiltFolders {
  private final Path folder;
  private final Path key;
  private final Attester attester;

  public RebuiltFolders(Path folder, String operator) throws Exception {
    this.folder = Files.createDirectories(folder);
    this.key = folder.resolve("key");
    this.attester =
        new Attester(
            RebuilderKey.create(key, operator, Instant.now().minusSeconds(60)),
            new SequenceNumbers(key),
            Clock.systemUTC());
  }

  public Path key() {
    return key;
  }

  public Path certificate() {
    return key.resolve("certificate.asc");
  }

  /** One package of one build. */
  public record Deb(String name, String version, String architecture, String content) {}

  /** A folder with these packages and an attestation of them. */
  public Path built(String out, Deb... debs) throws Exception {
    Path artifacts = Files.createDirectories(folder.resolve(out).resolve("artifacts"));
    List<BinaryArtifact> made = new ArrayList<>();
    for (Deb deb : debs) {
      made.add(read(build(deb, artifacts)));
    }
    return attest(out, made);
  }

  /** Attests whatever is to be attested. */
  public Path attest(String out, List<BinaryArtifact> artifacts) throws Exception {
    List<Comparison> comparisons =
        artifacts.stream().map(each -> Comparison.of(each, List.of(), RecordedBuild.NONE)).toList();
    return attest(
        out,
        new RebuildResult.Built(Results.attempt(), comparisons, Results.OURS, Optional.empty()));
  }

  public Path attest(String out, RebuildResult result) throws Exception {
    Path there = Files.createDirectories(folder.resolve(out));
    attester.attest(Results.request(there), result);
    return there;
  }

  /** A package's file in that folder, under the name that Debian gives it. */
  public static Path build(Deb deb, Path into) throws IOException {
    Path tree = Files.createTempDirectory("deb");
    Files.setPosixFilePermissions(tree, PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.writeString(
        Files.createDirectory(tree.resolve("DEBIAN")).resolve("control"),
        """
        Package: %s
        Source: tiny
        Version: %s
        Architecture: %s
        Maintainer: N <n@example.org>
        Description: d
        """
            .formatted(deb.name(), deb.version(), deb.architecture()));
    Files.writeString(tree.resolve("content"), deb.content());
    // Not compressed: the size depends on nothing but the content's.
    LocalArchive.run(
        tree,
        "dpkg-deb",
        "-Znone",
        "--root-owner-group",
        "--build",
        tree.toString(),
        into.toString());
    LocalArchive.run(into, "rm", "-rf", tree.toString());
    String version = deb.version().substring(deb.version().indexOf(':') + 1);
    return into.resolve(deb.name() + "_" + version + "_" + deb.architecture() + ".deb");
  }

  public static BinaryArtifact read(Path deb) throws Exception {
    try (InputStream in = new BufferedInputStream(Files.newInputStream(deb))) {
      return DebFile.read(in);
    }
  }
}
