package org.whonix2.rebuilder.bootstrap;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.artifact.PackageName;
import org.whonix2.core.artifact.PackageVersion;
import org.whonix2.core.digest.Sha256;
import org.whonix2.io.cli.CommandException;
import org.whonix2.io.cli.ExitCode;
import org.whonix2.rebuilder.apt.ArchivedSource;
import org.whonix2.rebuilder.apt.SourceRequest;
import org.whonix2.rebuilder.process.LogFile;
import org.whonix2.rebuilder.sandbox.BuildFailure;
import org.whonix2.rebuilder.sandbox.BuildRoot;
import org.whonix2.rebuilder.sandbox.ExactPackage;
import org.whonix2.rebuilder.sandbox.JobCompiler;
import org.whonix2.rebuilder.sandbox.JobFolder;
import org.whonix2.rebuilder.sandbox.RootContents;
import org.whonix2.rebuilder.sandbox.Sandbox;
import org.whonix2.rebuilder.sandbox.Surroundings;
import org.whonix2.toolchain.BootstrapPlan;
import org.whonix2.toolchain.PlanOutput;
import org.whonix2.toolchain.PlanRoot;
import org.whonix2.toolchain.PlanSource;
import org.whonix2.toolchain.Toolchain;

/** Makes the stages of one plan, in a workshop. */
public final class Bootstrap {
  private static final PackageName LIBC = new PackageName("libc6-dev");
  private static final long MOST_BYTES = 2L << 30;

  private final BootstrapPlan plan;
  private final Workshop shop;
  private final StageCache kept;
  private final Map<PackageName, ArchivedSource> sources = new LinkedHashMap<>();
  private final Map<PackageName, String> packed = new HashMap<>();
  private Optional<Path> fetched = Optional.empty();

  private Bootstrap(BootstrapPlan plan, Workshop shop, StageCache kept) {
    this.plan = plan;
    this.shop = shop;
    this.kept = kept;
  }

  /**
   * Looks for the plan's sources in the archive.
   *
   * @throws CommandException if the archive does not have one in the plan's version
   */
  public static Bootstrap of(BootstrapPlan plan, Workshop shop)
      throws IOException, CommandException, MalformedInputException {
    Bootstrap bootstrap =
        new Bootstrap(plan, shop, StageCache.in(shop.state(), shop.cache().isKept()));
    for (PlanSource source : plan.sources()) {
      SourceRequest wanted = new SourceRequest(source.name(), Optional.of(source.version()));
      bootstrap.sources.put(source.name(), shop.apt().find(wanted));
    }
    return bootstrap;
  }

  /** Removes, with the job's folder, those kept stages that nobody used since then. */
  public static void clean(Path state, JobFolder job, Instant before) throws IOException {
    StageCache.in(state).clean(job, before);
  }

  /** The sources, as statements name them. */
  public List<ArchivedSource> sources() {
    return List.copyOf(sources.values());
  }

  /**
   * The stages from the first to this one, kept or made.
   *
   * @param logs a folder for what the stages print, {@code NAME-ROOT-stage-N.log}
   * @throws CommandException if a stage could not be made
   */
  public List<Stage> stages(PlanRoot root, int last, Path logs)
      throws IOException, CommandException, MalformedInputException {
    List<Stage> stages = new ArrayList<>();
    for (int number = 1; number <= last; number++) {
      String name = number == 1 ? root.toolchain() : plan.makes();
      Optional<JobCompiler.Regenerated> before =
          stages.isEmpty() ? Optional.empty() : Optional.of(stages.get(number - 2).regenerated());
      JobCompiler compiler = new JobCompiler(required(name), before);
      Optional<Sha256> digest =
          stages.isEmpty() ? Optional.empty() : Optional.of(stages.get(number - 2).digest());
      stages.add(stage(root, number, compiler, digest, logs));
    }
    return stages;
  }

  private Toolchain required(String name)
      throws IOException, CommandException, MalformedInputException {
    return shop.definitions()
        .toolchain(name)
        .orElseThrow(
            () ->
                new CommandException(
                    ExitCode.USAGE,
                    "plan " + plan.name() + " names a toolchain that there is not: " + name));
  }

  private Stage stage(
      PlanRoot root, int number, JobCompiler compiler, Optional<Sha256> before, Path logs)
      throws IOException, CommandException, MalformedInputException {
    List<String> packages = new ArrayList<>(plan.packages());
    compiler.toolchain().packageNames().stream()
        .filter(each -> !packages.contains(each))
        .forEach(packages::add);
    String what = plan.name() + " from " + root.name() + ", stage " + number;
    shop.progress().phase("making a build root for " + what);
    try (BuildRoot built =
        BuildRoot.make(
            shop.job(),
            shop.apt(),
            new RootContents.Packages(packages),
            shop.cache(),
            shop.programs(),
            shop.log())) {
      compiler.require(built);
      Sha256 key = key(root, number, compiler, before, built);
      StageCache.Wanted wanted =
          new StageCache.Wanted(plan, number, built.installed().digest(), libc(built));
      Optional<Stage> cached = kept.take(key, wanted, shop.job(), shop.log());
      if (cached.isPresent()) {
        return cached.get();
      }
      Path fetched = fetch();
      shop.progress().phase("compiling " + what);
      Path log = logs.resolve(plan.name() + "-" + root.name() + "-stage-" + number + ".log");
      Stage made = make(root, wanted, compiler, built, fetched, log);
      kept.keep(key, made, shop.job());
      return made;
    }
  }

  /** What decides over a stage's bits, if the machine does not. */
  private Sha256 key(
      PlanRoot root, int number, JobCompiler compiler, Optional<Sha256> before, BuildRoot built) {
    StringBuilder text = new StringBuilder("whonix2 stage 1\n");
    text.append("plan ").append(plan.digest()).append('\n');
    sources().forEach(each -> text.append(each.dsc().digest()).append('\n'));
    text.append("root ").append(root.name()).append('\n');
    text.append("toolchain ").append(compiler.toolchain().digest()).append('\n');
    text.append("packages ").append(built.key()).append('\n');
    text.append("stage ").append(number).append('\n');
    text.append("by ").append(before.map(Sha256::toString).orElse("-")).append('\n');
    return Sha256.of(text.toString().getBytes(StandardCharsets.UTF_8));
  }

  private Stage make(
      PlanRoot root,
      StageCache.Wanted wanted,
      JobCompiler compiler,
      BuildRoot built,
      Path from,
      Path logFile)
      throws IOException, CommandException, MalformedInputException {
    String name = "stage-" + UUID.randomUUID();
    Path results = shop.job().folder(name + "-results");
    StageWork work = new StageWork(plan, packed, root.name(), wanted.number());
    Instant startedOn = now();
    Optional<BuildFailure> failure;
    try (LogFile log = new LogFile(logFile)) {
      failure =
          Sandbox.in(built, from, results, shop.limits().lasting(plan.timeLimit()), compiler)
              .build(work, Surroundings.usual(shop.processors()), shop.programs(), log);
    }
    if (failure.isPresent()) {
      throw new CommandException(
          ExitCode.REFUSED,
          "stage "
              + wanted.number()
              + " of "
              + plan.name()
              + " from "
              + root.name()
              + " failed: "
              + failure.get().reason(),
          "the whole log is " + logFile);
    }
    Path files = shop.job().folder(name);
    return new Stage(
        wanted.number(),
        plan.sources(),
        files,
        take(results, files),
        wanted.environment(),
        wanted.libcDev(),
        startedOn,
        now());
  }

  /** Copies of ours, whose digests nothing of the build can change any more. */
  private List<StageFile> take(Path results, Path files)
      throws IOException, CommandException, MalformedInputException {
    List<StageFile> taken = new ArrayList<>();
    long bytes = 0;
    for (PlanOutput output : plan.outputs()) {
      Path from = results.resolve(output.file());
      if (!Files.isRegularFile(from, LinkOption.NOFOLLOW_LINKS)) {
        throw new CommandException(
            ExitCode.REFUSED, "the stage left no plain file " + output.file());
      }
      bytes += Files.size(from);
      if (bytes > MOST_BYTES) {
        throw new MalformedInputException(
            "expected at most " + MOST_BYTES + " bytes of a stage, found more");
      }
      Sha256 digest = StageCache.copy(from, files);
      taken.add(new StageFile(output, digest, Files.size(files.resolve(output.file()))));
    }
    return taken;
  }

  private static PackageVersion libc(BuildRoot root) throws MalformedInputException {
    return root.packages().stream()
        .filter(each -> each.name().equals(LIBC))
        .map(ExactPackage::version)
        .findFirst()
        .orElseThrow(
            () -> new MalformedInputException("expected libc6-dev in the build root, found none"));
  }

  /** The sources' files and the plan's, in one folder. */
  private Path fetch() throws IOException, CommandException {
    if (fetched.isPresent()) {
      return fetched.get();
    }
    shop.progress().phase("fetching and verifying the source of " + plan.name());
    Path folder = shop.job().folder("source-" + UUID.randomUUID().toString().substring(0, 8));
    for (PlanSource source : plan.sources()) {
      packed.put(source.name(), download(source, folder));
    }
    for (Map.Entry<String, byte[]> file : plan.files().entrySet()) {
      Path to = folder.resolve(file.getKey());
      if (Files.exists(to, LinkOption.NOFOLLOW_LINKS)) {
        throw new IOException(to + ": a source has a file of a name of the plan's");
      }
      Files.write(to, file.getValue());
    }
    fetched = Optional.of(folder);
    return folder;
  }

  /** Into the folder; what to unpack of it. */
  private String download(PlanSource wanted, Path folder) throws IOException, CommandException {
    ArchivedSource source = Objects.requireNonNull(sources.get(wanted.name()));
    if (wanted.upstream()) {
      return shop.apt().downloadUpstream(source, folder).name();
    }
    shop.apt().download(source, folder);
    return source.dsc().name();
  }

  private Instant now() {
    return shop.clock().instant().truncatedTo(ChronoUnit.SECONDS);
  }
}
