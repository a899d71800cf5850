package org.whonix2.rebuilder.rebuild;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.artifact.Architecture;
import org.whonix2.core.artifact.BinaryArtifact;
import org.whonix2.io.cli.CommandException;
import org.whonix2.io.progress.Progress;
import org.whonix2.rebuilder.apt.AptRoot;
import org.whonix2.rebuilder.apt.ArchivedSource;
import org.whonix2.rebuilder.apt.MachineSources;
import org.whonix2.rebuilder.process.LogFile;
import org.whonix2.rebuilder.process.Programs;
import org.whonix2.rebuilder.sandbox.BuildFailure;
import org.whonix2.rebuilder.sandbox.BuildRoot;
import org.whonix2.rebuilder.sandbox.JobFolder;
import org.whonix2.rebuilder.sandbox.RootContents;
import org.whonix2.rebuilder.sandbox.Sandbox;
import org.whonix2.rebuilder.sandbox.Surroundings;

/** Rebuilds one source package in a fresh root, which is gone when {@link #run} returns. */
public final class Rebuild {
  /** The log of everything before the build, in the output folder. */
  public static final String PREPARE_LOG = "prepare.log";

  private static final Path MACHINE_APT = Path.of("/etc/apt");
  private static final int SHOWN_LINES = 25;

  private final RebuildRequest request;
  private final Programs programs;
  private final Progress progress;
  private final Clock clock;

  public Rebuild(RebuildRequest request, Programs programs, Progress progress, Clock clock) {
    this.request = request;
    this.programs = programs;
    this.progress = progress;
    this.clock = clock;
  }

  /**
   * Rebuilds.
   *
   * @throws CommandException if it could not come to a build: wrong name, or the outside failed
   */
  public RebuildResult run() throws IOException, CommandException, MalformedInputException {
    try (JobFolder job = JobFolder.open(request.state());
        LogFile log = new LogFile(request.out().resolve(PREPARE_LOG))) {
      progress.phase("fetching the archive's signed lists");
      MachineSources machine = MachineSources.read(MACHINE_APT);
      AptRoot apt = AptRoot.create(job.path("apt"), machine, request.suite(), programs, log);
      apt.update();
      ArchivedSource source = apt.find(request.source());
      progress.phase("fetching the source " + source);
      Path sources = job.folder("source");
      apt.download(source, sources);
      progress.phase("making a fresh build root");
      BuildRoot root =
          BuildRoot.make(
              job.path("root"),
              apt,
              new RootContents.BuildDependencies(
                  request.toolchain().packages(), sources.resolve(source.dsc().name())),
              programs,
              log);
      RebuildResult result = build(job, apt, source, sources, root);
      progress.phase("removing the build root");
      return result;
    }
  }

  private RebuildResult build(
      JobFolder job, AptRoot apt, ArchivedSource source, Path sources, BuildRoot root)
      throws IOException, CommandException, MalformedInputException {
    progress.phase("building " + source);
    Path work = job.folder("build");
    Instant startedOn = now();
    try (LogFile log = new LogFile(request.out().resolve("build.log"))) {
      Optional<BuildFailure> failure =
          Sandbox.in(root, sources, work, request.limits())
              .build(
                  source.dsc().name(),
                  source.folderName(),
                  Surroundings.usual(request.parallel()),
                  programs,
                  log);
      if (failure.isPresent()) {
        return new RebuildResult.Failed(source, failure.get(), log.tail(SHOWN_LINES));
      }
      Instant finishedOn = now();
      progress.phase("comparing with the archive");
      Architecture architecture = apt.architecture();
      BuildOutput output;
      try {
        output = BuildOutput.take(work, request.out(), buildinfoName(source, architecture));
      } catch (MalformedInputException e) {
        return new RebuildResult.Failed(
            source,
            new BuildFailure("what it left behind: " + e.getMessage(), Optional.empty()),
            log.tail(SHOWN_LINES));
      }
      return new RebuildResult.Built(
          source,
          architecture,
          compare(apt, output.artifacts()),
          root.installed().digest(),
          output.buildinfo(),
          startedOn,
          finishedOn);
    }
  }

  private static List<Comparison> compare(AptRoot apt, List<BinaryArtifact> artifacts)
      throws IOException, MalformedInputException {
    List<Comparison> comparisons = new ArrayList<>();
    for (BinaryArtifact artifact : artifacts) {
      comparisons.add(new Comparison(artifact, apt.archived(artifact.identity())));
    }
    return comparisons;
  }

  private static String buildinfoName(ArchivedSource source, Architecture architecture) {
    return source.name()
        + "_"
        + source.version().withoutEpoch()
        + "_"
        + architecture
        + ".buildinfo";
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.SECONDS);
  }
}
