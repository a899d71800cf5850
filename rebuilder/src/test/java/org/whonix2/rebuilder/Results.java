package org.whonix2.rebuilder;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.whonix2.core.artifact.Architecture;
import org.whonix2.core.artifact.BinaryArtifact;
import org.whonix2.core.artifact.PackageIdentity;
import org.whonix2.core.artifact.PackageName;
import org.whonix2.core.artifact.PackageVersion;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.openpgp.Fingerprint;
import org.whonix2.core.statement.Binaries;
import org.whonix2.core.statement.GitId;
import org.whonix2.core.statement.GitSource;
import org.whonix2.core.statement.GitSubmodule;
import org.whonix2.core.statement.GitTag;
import org.whonix2.core.statement.GitUrl;
import org.whonix2.core.statement.SourcePackage;
import org.whonix2.rebuilder.apt.SourceRequest;
import org.whonix2.rebuilder.input.BuildInput;
import org.whonix2.rebuilder.input.Input;
import org.whonix2.rebuilder.rebuild.RebuildRequest;
import org.whonix2.rebuilder.rebuild.RebuildResult;
import org.whonix2.rebuilder.sandbox.BuildFailure;
import org.whonix2.rebuilder.sandbox.BuildLimits;
import org.whonix2.rebuilder.sandbox.Recipe;
import org.whonix2.rebuilder.sandbox.RootCache;
import org.whonix2.rebuilder.sandbox.RootContents;
import org.whonix2.toolchain.Definitions;

/** Results of rebuilds of a source {@code tiny}. */
public final class Results {
  public static final Instant NOW = Instant.parse("2026-11-22T13:00:00Z");
  public static final Sha256 OURS = Sha256.of(new byte[] {1});
  public static final Sha256 OTHER = Sha256.of(new byte[] {2});
  public static final Sha256 ENVIRONMENT = Sha256.of(new byte[] {3});

  private Results() {}

  public static RebuildRequest request(Path out) {
    try {
      return new RebuildRequest(
          new Input.Archived(SourceRequest.parse("tiny")),
          "bookworm",
          List.of(),
          List.of(),
          false,
          Definitions.shipped(),
          Definitions.shipped().toolchain("gcc-12").orElseThrow(),
          "gcc",
          BuildLimits.within(Duration.ofHours(1)),
          1,
          Duration.ofMinutes(1),
          false,
          RootCache.Settings.STANDARD,
          out,
          Path.of("/state"));
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  public static BuildInput source() {
    return source(Path.of("/source"));
  }

  /** As {@link #source()}, with its files in this folder. */
  public static BuildInput source(Path folder) {
    return new BuildInput(
        new SourcePackage(new PackageName("tiny"), new PackageVersion("1"), Sha256.of(new byte[0])),
        folder,
        folder.resolve("tiny_1.dsc"),
        Optional.empty(),
        Optional.empty(),
        new RootContents.BuildDependencies(
            List.of(), folder.resolve("tiny_1.dsc"), Binaries.BINARY),
        Recipe.usual("tiny_1.dsc", "tiny-1"),
        Optional.empty(),
        Optional.empty(),
        List.of(),
        Optional.empty());
  }

  public static RebuildResult.Attempt attempt() {
    return new RebuildResult.Attempt(
        source(),
        new Architecture("amd64"),
        ENVIRONMENT,
        Optional.empty(),
        NOW,
        NOW.plusSeconds(40));
  }

  /** Of a source in Git with a submodule; it followed a .buildinfo, whose digest is our bits'. */
  public static RebuildResult.Attempt attemptInGit() {
    GitSource git =
        new GitSource(
            new PackageName("tiny"),
            new PackageVersion("1"),
            new GitUrl("https://example.org/tiny.git"),
            new GitTag("v1"),
            new GitId("1".repeat(40)),
            new GitId("2".repeat(40)),
            List.of(
                new GitSubmodule(
                    "lib",
                    new GitUrl("https://example.org/lib.git"),
                    new GitId("3".repeat(40)),
                    new GitId("4".repeat(40)))),
            OTHER);
    BuildInput plain = source();
    BuildInput source =
        new BuildInput(
            git,
            plain.folder(),
            plain.announcement(),
            Optional.of(new Fingerprint("5".repeat(40))),
            plain.rebuild(),
            plain.contents(),
            plain.recipe(),
            plain.buildPath(),
            plain.locale(),
            plain.recorded(),
            Optional.of(OURS));
    return new RebuildResult.Attempt(
        source, new Architecture("amd64"), ENVIRONMENT, Optional.empty(), NOW, NOW);
  }

  /** An artifact of our bits. */
  public static BinaryArtifact artifact(String name) {
    return new BinaryArtifact(
        new PackageIdentity(
            new PackageName(name), new PackageVersion("1"), new Architecture("amd64")),
        OURS,
        1234);
  }

  public static RebuildResult.Failed failed(String reason, Optional<String> limit) {
    return new RebuildResult.Failed(attempt(), new BuildFailure(reason, limit), List.of());
  }
}
