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
import org.whonix2.rebuilder.apt.KeptRoot;
import org.whonix2.rebuilder.apt.MachineSources;
import org.whonix2.rebuilder.input.BuildInput;
import org.whonix2.rebuilder.input.Fetching;
import org.whonix2.rebuilder.process.LogFile;
import org.whonix2.rebuilder.process.Programs;
import org.whonix2.rebuilder.sandbox.BuildFailure;
import org.whonix2.rebuilder.sandbox.BuildRoot;
import org.whonix2.rebuilder.sandbox.JobFolder;
import org.whonix2.rebuilder.sandbox.RootCache;
import org.whonix2.rebuilder.sandbox.Sandbox;

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
  private final Path machineApt;
  private final List<String> notices = new ArrayList<>();

  public Rebuild(RebuildRequest request, Programs programs, Progress progress, Clock clock) {
    this(request, programs, progress, clock, MACHINE_APT);
  }

  Rebuild(
      RebuildRequest request, Programs programs, Progress progress, Clock clock, Path machineApt) {
    this.request = request;
    this.programs = programs;
    this.progress = progress;
    this.clock = clock;
    this.machineApt = machineApt;
  }

  /**
   * Rebuilds.
   *
   * @throws CommandException if it could not come to a build: wrong name, or the outside failed
   */
  public RebuildResult run() throws IOException, CommandException, MalformedInputException {
    try (JobFolder job = JobFolder.open(request.state());
        KeptRoot kept = KeptRoot.open(request.state(), request.suite());
        LogFile log = new LogFile(request.out().resolve(PREPARE_LOG))) {
      progress.phase("fetching the archive's signed lists");
      MachineSources machine =
          MachineSources.read(machineApt)
              .with(request.suite(), request.mirrors(), request.snapshots());
      AptRoot apt = AptRoot.create(kept.folder(), machine, request.suite(), programs, log);
      apt.update();
      progress.phase("fetching and verifying the source");
      BuildInput input = request.input().fetch(fetching(job, apt));
      progress.phase("making a fresh build root");
      RootCache cache = RootCache.in(request.state(), request.cache());
      cache.clean(job, clock.instant());
      RebuildResult result;
      try (BuildRoot root = BuildRoot.make(job, apt, input.contents(), cache, programs, log)) {
        result = build(job, apt, input, root);
      }
      progress.phase("removing the build root");
      return result;
    }
  }

  private Fetching fetching(JobFolder job, AptRoot apt) throws IOException {
    return new Fetching(
        apt,
        job.folder("source"),
        job.folder("aside"),
        request.state().resolve("keyrings"),
        request.toolchain().packages(),
        request.requireUploader(),
        clock.instant(),
        notices::add);
  }

  /** What the user should know beside the result. */
  public List<String> notices() {
    return List.copyOf(notices);
  }

  private RebuildResult build(JobFolder job, AptRoot apt, BuildInput source, BuildRoot root)
      throws IOException, CommandException, MalformedInputException {
    progress.phase("building " + source);
    Path work = job.folder("build");
    Instant startedOn = now();
    try (LogFile log = new LogFile(request.out().resolve("build.log"))) {
      Optional<BuildFailure> failure =
          Sandbox.in(root, source.folder(), work, request.limits())
              .build(source.recipe(), source.surroundings(request.parallel()), programs, log);
      if (failure.isPresent()) {
        return new RebuildResult.Failed(source, failure.get(), log.tail(SHOWN_LINES));
      }
      Instant finishedOn = now();
      progress.phase("comparing with the archive");
      Architecture architecture = apt.architecture();
      BuildOutput output;
      try {
        output = BuildOutput.take(work, request.out(), source.buildinfoName(architecture));
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

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.SECONDS);
  }
}
