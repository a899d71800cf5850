package org.whonix2.rebuilder;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.whonix2.core.statement.Binaries;
import org.whonix2.io.progress.Progress;
import org.whonix2.rebuilder.apt.AptRoot;
import org.whonix2.rebuilder.apt.KeptRoot;
import org.whonix2.rebuilder.apt.MachineSources;
import org.whonix2.rebuilder.bootstrap.UsedStage;
import org.whonix2.rebuilder.bootstrap.Workshop;
import org.whonix2.rebuilder.process.Cancellation;
import org.whonix2.rebuilder.process.Command;
import org.whonix2.rebuilder.process.Limits;
import org.whonix2.rebuilder.process.LogFile;
import org.whonix2.rebuilder.process.Outcome;
import org.whonix2.rebuilder.process.Programs;
import org.whonix2.rebuilder.sandbox.BuildLimits;
import org.whonix2.rebuilder.sandbox.BuildRoot;
import org.whonix2.rebuilder.sandbox.JobCompiler;
import org.whonix2.rebuilder.sandbox.JobFolder;
import org.whonix2.rebuilder.sandbox.RootCache;
import org.whonix2.rebuilder.sandbox.RootContents;
import org.whonix2.toolchain.Definitions;
import org.whonix2.toolchain.Toolchain;

/** A workshop on this machine, with its archive: what heavy tests work in. */
public final class RealWorkshop implements AutoCloseable {
  private final Path state;
  private final JobFolder job;
  private final KeptRoot kept;
  private final LogFile log;
  private final Workshop shop;

  private RealWorkshop(Path state, JobFolder job, KeptRoot kept, LogFile log, Workshop shop) {
    this.state = state;
    this.job = job;
    this.kept = kept;
    this.log = log;
    this.shop = shop;
  }

  public static RealWorkshop open(Path state, Definitions definitions) throws Exception {
    JobFolder job = JobFolder.open(state);
    KeptRoot kept = KeptRoot.open(state, "bookworm");
    LogFile log = new LogFile(state.resolve("prepare.log"));
    Programs programs = new Programs(new Cancellation());
    MachineSources machine = MachineSources.read(Path.of("/etc/apt"));
    AptRoot apt = AptRoot.create(kept.folder(), machine, "bookworm", programs, log);
    apt.update();
    Workshop shop =
        new Workshop(
            definitions,
            job,
            apt,
            state,
            RootCache.in(state, RootCache.Settings.STANDARD),
            BuildLimits.within(Duration.ofMinutes(10)),
            Runtime.getRuntime().availableProcessors(),
            programs,
            Progress.silent(),
            Clock.systemUTC(),
            log);
    return new RealWorkshop(state, job, kept, log, shop);
  }

  public Workshop shop() {
    return shop;
  }

  public Toolchain toolchain(String name) throws Exception {
    return shop.definitions().toolchain(name).orElseThrow();
  }

  /** A toolchain with its compiler, which is regenerated if the archive has none of that root. */
  public JobCompiler compiler(String name, String root) throws Exception {
    Toolchain toolchain = toolchain(name);
    return new JobCompiler(
        toolchain,
        toolchain.isArchives(root)
            ? Optional.empty()
            : Optional.of(UsedStage.of(toolchain, root, shop, state).regenerated()));
  }

  /** A root with the build dependencies of a source, and packages. */
  public BuildRoot root(Path dsc, List<String> packages) throws Exception {
    return BuildRoot.make(
        job,
        shop.apt(),
        new RootContents.BuildDependencies(packages, dsc, Binaries.BINARY),
        shop.cache(),
        shop.programs(),
        log);
  }

  /** Also removes the cache, whose files are not of this process's user. */
  @Override
  public void close() throws IOException {
    log.close();
    kept.close();
    job.close();
    Outcome removed =
        shop.programs()
            .run(
                Command.of("rm", "-rf", state.resolve("roots").toString()),
                new Limits(Duration.ofMinutes(5), 1 << 20),
                OutputStream.nullOutputStream());
    if (!removed.succeeded()) {
      throw new IOException("cannot remove " + state.resolve("roots"));
    }
  }
}
