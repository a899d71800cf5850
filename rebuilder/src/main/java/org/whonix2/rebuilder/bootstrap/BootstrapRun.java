package org.whonix2.rebuilder.bootstrap;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.Quoted;
import org.whonix2.core.artifact.Architecture;
import org.whonix2.io.cli.CommandException;
import org.whonix2.io.cli.ExitCode;
import org.whonix2.io.progress.Progress;
import org.whonix2.rebuilder.apt.AptRoot;
import org.whonix2.rebuilder.apt.ArchivedSource;
import org.whonix2.rebuilder.apt.KeptRoot;
import org.whonix2.rebuilder.apt.MachineSources;
import org.whonix2.rebuilder.process.LogFile;
import org.whonix2.rebuilder.process.Programs;
import org.whonix2.rebuilder.sandbox.JobFolder;
import org.whonix2.rebuilder.sandbox.RootCache;

/** Regenerates one compiler from one or several roots, in a job of its own. */
public final class BootstrapRun {
  /** The log of all but what stages print, in the output folder. */
  public static final String PREPARE_LOG = "prepare.log";

  private static final Path MACHINE_APT = Path.of("/etc/apt");

  private final BootstrapRequest request;
  private final Programs programs;
  private final Progress progress;
  private final Clock clock;
  private final Path machineApt;

  public BootstrapRun(BootstrapRequest request, Programs programs, Progress progress, Clock clock) {
    this(request, programs, progress, clock, MACHINE_APT);
  }

  BootstrapRun(
      BootstrapRequest request,
      Programs programs,
      Progress progress,
      Clock clock,
      Path machineApt) {
    this.request = request;
    this.programs = programs;
    this.progress = progress;
    this.clock = clock;
    this.machineApt = machineApt;
  }

  /**
   * What came of it.
   *
   * @param sources that were compiled
   * @param roots in the order in which they were asked for; the files of their stages lie in the
   *     output folder as {@code ROOT/stage-N/FILE}
   */
  public record Result(
      List<ArchivedSource> sources, Architecture architecture, List<RootResult> roots) {
    public Result {
      sources = List.copyOf(sources);
      roots = List.copyOf(roots);
    }
  }

  /**
   * Makes what was asked for. A root whose stage fails does not keep the others from being made.
   *
   * @throws CommandException if it could not come to a stage: the outside failed
   */
  public Result run() throws IOException, CommandException, MalformedInputException {
    try (JobFolder job = JobFolder.open(request.state());
        KeptRoot kept = KeptRoot.open(request.state(), request.suite());
        LogFile log = new LogFile(request.out().resolve(PREPARE_LOG))) {
      progress.phase("fetching the archive's signed lists");
      MachineSources machine =
          MachineSources.read(machineApt).with(request.suite(), request.mirrors(), List.of());
      AptRoot apt = AptRoot.create(kept.folder(), machine, request.suite(), programs, log);
      apt.update();
      RootCache cache = RootCache.in(request.state(), request.cache());
      cache.clean(job, clock.instant());
      Bootstrap.clean(request.state(), job, clock.instant().minus(request.cache().age()));
      Workshop shop =
          new Workshop(
              request.definitions(),
              job,
              apt,
              request.state(),
              cache,
              request.limits(),
              request.processors(),
              programs,
              progress,
              clock,
              log);
      Bootstrap bootstrap = Bootstrap.of(request.plan(), shop);
      List<RootResult> results = new ArrayList<>();
      for (var root : request.roots()) {
        int last = request.compared() ? root.stages() : request.plan().uses();
        Path out = Files.createDirectories(request.out().resolve(root.name()));
        try {
          List<Stage> stages = bootstrap.stages(root, last, out);
          for (Stage stage : stages) {
            copy(stage, out.resolve("stage-" + stage.number()));
          }
          results.add(new RootResult(root, stages, Optional.empty()));
        } catch (CommandException e) {
          if (e.exitCode() != ExitCode.REFUSED || request.roots().size() == 1) {
            throw e;
          }
          results.add(new RootResult(root, List.of(), Optional.of(Quoted.message(e))));
        }
      }
      return new Result(bootstrap.sources(), apt.architecture(), results);
    }
  }

  private static void copy(Stage stage, Path to) throws IOException {
    Files.createDirectories(to);
    for (StageFile file : stage.files()) {
      String name = file.output().file();
      Files.copy(stage.folder().resolve(name), to.resolve(name));
    }
  }
}
