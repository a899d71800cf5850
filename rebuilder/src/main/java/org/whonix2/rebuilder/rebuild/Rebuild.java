package org.whonix2.rebuilder.rebuild;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.artifact.Architecture;
import org.whonix2.core.artifact.BinaryArtifact;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.json.StrictJson;
import org.whonix2.core.statement.Byproduct;
import org.whonix2.io.cli.CommandException;
import org.whonix2.io.files.AtomicFiles;
import org.whonix2.io.progress.Progress;
import org.whonix2.rebuilder.apt.AptRoot;
import org.whonix2.rebuilder.apt.KeptRoot;
import org.whonix2.rebuilder.apt.MachineSources;
import org.whonix2.rebuilder.bootstrap.Bootstrap;
import org.whonix2.rebuilder.bootstrap.Stage;
import org.whonix2.rebuilder.bootstrap.UsedStage;
import org.whonix2.rebuilder.bootstrap.Workshop;
import org.whonix2.rebuilder.input.BuildInput;
import org.whonix2.rebuilder.input.Fetching;
import org.whonix2.rebuilder.process.LogFile;
import org.whonix2.rebuilder.process.Programs;
import org.whonix2.rebuilder.sandbox.BuildFailure;
import org.whonix2.rebuilder.sandbox.BuildLimits;
import org.whonix2.rebuilder.sandbox.BuildRoot;
import org.whonix2.rebuilder.sandbox.JobCompiler;
import org.whonix2.rebuilder.sandbox.JobFolder;
import org.whonix2.rebuilder.sandbox.RootCache;
import org.whonix2.rebuilder.sandbox.Sandbox;
import org.whonix2.rebuilder.variation.CulpritSearch;
import org.whonix2.rebuilder.variation.Findings;
import org.whonix2.rebuilder.variation.Outcome;

/** Rebuilds one source package in a fresh root, which is gone when {@link #run} returns. */
public final class Rebuild {
  /** The log of everything before the build, in the output folder. */
  public static final String PREPARE_LOG = "prepare.log";

  /** What the build printed, in the output folder. */
  public static final String BUILD_LOG = Byproduct.BUILD_LOG;

  /** What differs from the archive, in the output folder, if anything does and was looked at. */
  public static final String DIFFERENCE_REPORT = DifferenceSearch.REPORT;

  /** What of its surroundings changes what the build makes, in the output folder, if asked for. */
  public static final String VARIATION_REPORT = "variation.json";

  private static final String VARIATION_LOG = "variation.log";
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
      StatementRoom.require(request, input, apt.architecture());
      RootCache cache = RootCache.in(request.state(), request.cache());
      cache.clean(job, clock.instant());
      Bootstrap.clean(request.state(), job, clock.instant().minus(request.cache().age()));
      RebuildResult result;
      Optional<Stage> stage = regenerated(job, apt, cache, log);
      JobCompiler compiler = new JobCompiler(request.toolchain(), stage.map(Stage::regenerated));
      progress.phase("making a fresh build root");
      try (BuildRoot root = BuildRoot.make(job, apt, input.contents(), cache, programs, log)) {
        compiler.require(root);
        result = build(job, apt, input, root, compiler, stage.map(Stage::digest));
      }
      progress.phase("removing the build root");
      return result;
    }
  }

  /** The toolchain's compiler, where its packages do not bring the one that was asked for. */
  private Optional<Stage> regenerated(JobFolder job, AptRoot apt, RootCache cache, LogFile log)
      throws IOException, CommandException, MalformedInputException {
    if (request.toolchain().isArchives(request.compilerRoot())) {
      return Optional.empty();
    }
    Workshop shop =
        new Workshop(
            request.definitions(),
            job,
            apt,
            request.state(),
            cache,
            request.limits(),
            request.parallel(),
            programs,
            progress,
            clock,
            log);
    return Optional.of(
        UsedStage.of(request.toolchain(), request.compilerRoot(), shop, request.out()));
  }

  private Fetching fetching(JobFolder job, AptRoot apt) throws IOException {
    return new Fetching(
        apt,
        job.folder("source"),
        job.folder("aside"),
        request.state().resolve("keyrings"),
        request.toolchain(),
        request.requireUploader(),
        programs,
        clock.instant(),
        notices::add);
  }

  /** What the user should know beside the result. */
  public List<String> notices() {
    return List.copyOf(notices);
  }

  private RebuildResult build(
      JobFolder job,
      AptRoot apt,
      BuildInput source,
      BuildRoot root,
      JobCompiler compiler,
      Optional<Sha256> stage)
      throws IOException, CommandException, MalformedInputException {
    progress.phase("building " + source);
    Path work = job.folder("build");
    Architecture architecture = apt.architecture();
    Instant startedOn = now();
    try (LogFile log = new LogFile(request.out().resolve(BUILD_LOG))) {
      Optional<BuildFailure> failure =
          Sandbox.in(root, source.folder(), work, limits(), compiler)
              .build(source.recipe(), source.surroundings(request.parallel()), programs, log);
      RebuildResult.Attempt attempt =
          new RebuildResult.Attempt(
              source, architecture, root.installed().digest(), stage, startedOn, now());
      if (failure.isPresent()) {
        return new RebuildResult.Failed(attempt, failure.get(), log.tail(SHOWN_LINES));
      }
      progress.phase("comparing with the archive");
      BuildOutput output;
      try {
        output = BuildOutput.take(work, request.out(), source.buildinfoName(architecture));
        output.requireVersions(source.recipe().variant());
      } catch (MalformedInputException e) {
        BuildFailure left =
            new BuildFailure("what it left behind: " + e.getMessage(), Optional.of("output"));
        return new RebuildResult.Failed(attempt, left, log.tail(SHOWN_LINES));
      }
      List<Comparison> comparisons = compare(job, apt, source, output.artifacts());
      Optional<Findings> findings =
          request.vary()
              ? Optional.of(vary(job, root, compiler, attempt, output))
              : Optional.empty();
      return new RebuildResult.Built(attempt, comparisons, output.buildinfo(), findings);
    }
  }

  /** Builds again in other surroundings; nothing of that is an artifact. */
  private Findings vary(
      JobFolder job,
      BuildRoot root,
      JobCompiler compiler,
      RebuildResult.Attempt attempt,
      BuildOutput first)
      throws IOException, MalformedInputException {
    try (LogFile log = new LogFile(request.out().resolve(VARIATION_LOG))) {
      VariedBuilds builds =
          new VariedBuilds(
              root,
              job,
              compiler,
              attempt,
              limits(),
              attempt.source().surroundings(request.parallel()),
              programs,
              progress,
              log);
      Findings findings =
          new CulpritSearch(new Outcome.Bits(VariedBuilds.digests(first)), builds).run();
      AtomicFiles.replace(
          request.out().resolve(VARIATION_REPORT), StrictJson.write(findings.toJson()));
      return findings;
    }
  }

  private List<Comparison> compare(
      JobFolder job, AptRoot apt, BuildInput source, List<BinaryArtifact> artifacts)
      throws IOException, MalformedInputException {
    RecordedBuild recorded = RecordedBuild.of(source.recorded());
    List<Comparison> comparisons = new ArrayList<>();
    for (BinaryArtifact artifact : artifacts) {
      comparisons.add(Comparison.of(artifact, apt.archived(artifact.identity()), recorded));
    }
    boolean differs = comparisons.stream().anyMatch(each -> each.agreement().differs());
    if (!differs || request.differenceTime().isZero()) {
      return comparisons;
    }
    progress.phase("looking into what differs");
    return new DifferenceSearch(apt, job, request.out(), programs, request.differenceTime())
        .look(comparisons);
  }

  private BuildLimits limits() {
    Duration most = request.toolchain().timeLimit();
    return most.compareTo(request.limits().time()) < 0
        ? request.limits().lasting(most)
        : request.limits();
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.SECONDS);
  }
}
