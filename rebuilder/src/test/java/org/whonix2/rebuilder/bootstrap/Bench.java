package org.whonix2.rebuilder.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.whonix2.rebuilder.apt.AptRoot;
import org.whonix2.rebuilder.apt.KeptRoot;
import org.whonix2.rebuilder.apt.MachineSources;
import org.whonix2.rebuilder.process.Cancellation;
import org.whonix2.rebuilder.process.LogFile;
import org.whonix2.rebuilder.process.Programs;
import org.whonix2.rebuilder.sandbox.BuildLimits;
import org.whonix2.rebuilder.sandbox.BuildRoot;
import org.whonix2.rebuilder.sandbox.JobCompiler;
import org.whonix2.rebuilder.sandbox.JobFolder;
import org.whonix2.rebuilder.sandbox.RootCache;
import org.whonix2.rebuilder.sandbox.RootContents;
import org.whonix2.rebuilder.sandbox.Sandbox;
import org.whonix2.rebuilder.sandbox.Surroundings;
import org.whonix2.rebuilder.sandbox.Work;

/** A job in which a test runs scripts in sandboxes, with the machine's own archive. */
final class Bench implements AutoCloseable {
  private final Programs programs = new Programs(new Cancellation());
  private final JobFolder job;
  private final KeptRoot kept;
  private final LogFile log;
  private final AptRoot apt;
  private final RootCache cache;

  Bench(Path state) throws Exception {
    job = JobFolder.open(state);
    kept = KeptRoot.open(state, "bookworm");
    log = new LogFile(job.path("log"));
    MachineSources machine = MachineSources.read(Path.of("/etc/apt"));
    apt = AptRoot.create(kept.folder(), machine, "bookworm", programs, log);
    apt.update();
    cache = RootCache.in(state, RootCache.Settings.STANDARD);
  }

  AptRoot apt() {
    return apt;
  }

  /** A new folder of the job's. */
  Path folder(String name) throws IOException {
    return job.folder(name + "-" + UUID.randomUUID().toString().substring(0, 8));
  }

  /** One shell script as a sandbox's work. */
  private record Script(String text, List<String> results) implements Work {
    @Override
    public List<Step> steps(Surroundings surroundings) {
      List<String> command = List.of("/bin/sh", "-euc", text);
      return List.of(new Step("the script", command, surroundings.buildPath()));
    }

    @Override
    public Map<String, String> environment(Surroundings surroundings) {
      return Map.of();
    }
  }

  /**
   * Runs a script to its success.
   *
   * @return the folder with the results
   */
  Path work(
      RootContents contents, JobCompiler compiler, Path sources, String script, String... results)
      throws Exception {
    Path into = folder("results");
    BuildLimits limits = BuildLimits.within(Duration.ofMinutes(5));
    try (BuildRoot root = BuildRoot.make(job, apt, contents, cache, programs, log)) {
      compiler.require(root);
      assertThat(
              Sandbox.in(root, sources, into, limits, compiler)
                  .build(
                      new Script(script, List.of(results)), Surroundings.usual(1), programs, log))
          .as(String.join("\n", log.tail(30)))
          .isEmpty();
    }
    return into;
  }

  @Override
  public void close() throws IOException {
    log.close();
    kept.close();
    job.close();
  }
}
