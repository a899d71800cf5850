package org.whonix2.rebuilder.rebuild;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.artifact.BinaryArtifact;
import org.whonix2.core.digest.Sha256;
import org.whonix2.io.cli.CommandException;
import org.whonix2.io.progress.Progress;
import org.whonix2.rebuilder.input.BuildInput;
import org.whonix2.rebuilder.process.LogFile;
import org.whonix2.rebuilder.process.Programs;
import org.whonix2.rebuilder.sandbox.BuildFailure;
import org.whonix2.rebuilder.sandbox.BuildLimits;
import org.whonix2.rebuilder.sandbox.BuildRoot;
import org.whonix2.rebuilder.sandbox.JobCompiler;
import org.whonix2.rebuilder.sandbox.JobFolder;
import org.whonix2.rebuilder.sandbox.Sandbox;
import org.whonix2.rebuilder.sandbox.Surroundings;
import org.whonix2.rebuilder.variation.CulpritSearch;
import org.whonix2.rebuilder.variation.Outcome;
import org.whonix2.rebuilder.variation.Trial;
import org.whonix2.rebuilder.variation.Variation;

/** Builds one source again and again in one root, in other surroundings. */
final class VariedBuilds implements CulpritSearch.Builds {
  private final BuildRoot root;
  private final JobFolder job;
  private final JobCompiler compiler;
  private final RebuildResult.Attempt first;
  private final BuildLimits limits;
  private final Surroundings usual;
  private final Programs programs;
  private final Progress progress;
  private final LogFile log;

  /** The first build was number one. */
  private int number = 1;

  VariedBuilds(
      BuildRoot root,
      JobFolder job,
      JobCompiler compiler,
      RebuildResult.Attempt first,
      BuildLimits limits,
      Surroundings usual,
      Programs programs,
      Progress progress,
      LogFile log) {
    this.root = root;
    this.job = job;
    this.compiler = compiler;
    this.first = first;
    this.limits = limits;
    this.usual = usual;
    this.programs = programs;
    this.progress = progress;
    this.log = log;
  }

  @Override
  public Outcome build(Trial trial) throws IOException, CommandException, MalformedInputException {
    number++;
    progress.phase("building once more (number " + number + ") with " + trial + " varied");
    log.line("== number " + number + ": " + trial + " varied");
    String name = "varied-" + UUID.randomUUID().toString().substring(0, 8);
    Path work = job.folder(name);
    BuildInput source = first.source();
    Instant began = first.startedOn();
    Optional<Instant> clock = trial.clockSetBack() ? Optional.of(began) : Optional.empty();
    Optional<BuildFailure> failure =
        Sandbox.in(root, source.folder(), work, limits, compiler)
            .build(
                source.recipe(),
                Variation.applied(trial.varied(), usual, clock, began),
                programs,
                log);
    if (failure.isPresent()) {
      return new Outcome.Failed(failure.get().reason());
    }
    try {
      Path copies = job.folder(name + "-copies");
      return new Outcome.Bits(
          digests(BuildOutput.take(work, copies, source.buildinfoName(first.architecture()))));
    } catch (MalformedInputException e) {
      return new Outcome.Failed("what it left behind: " + e.getMessage());
    }
  }

  /** As the first build's. */
  static Map<String, Sha256> digests(BuildOutput output) {
    return output.artifacts().stream()
        .collect(
            Collectors.toMap(artifact -> artifact.identity().fileName(), BinaryArtifact::digest));
  }
}
