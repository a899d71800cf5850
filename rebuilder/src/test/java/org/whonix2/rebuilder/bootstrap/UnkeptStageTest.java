package org.whonix2.rebuilder.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.whonix2.core.artifact.PackageVersion;
import org.whonix2.core.digest.Sha256;
import org.whonix2.rebuilder.process.LogFile;
import org.whonix2.rebuilder.sandbox.JobFolder;
import org.whonix2.toolchain.BootstrapPlan;
import org.whonix2.toolchain.Definitions;
import org.whonix2.toolchain.PlanOutput;

/** What {@code --no-cache} means for regenerated compilers. */
class UnkeptStageTest {
  private static final Sha256 KEY = Sha256.of(new byte[] {1});
  private static final Instant NOW = Instant.parse("2026-11-22T13:00:00Z");

  @TempDir private Path state;
  private BootstrapPlan plan;
  private JobFolder job;
  private LogFile log;

  @BeforeEach
  void aJob() throws Exception {
    plan = Definitions.shipped().plan("tcc").orElseThrow();
    job = JobFolder.open(state);
    log = new LogFile(state.resolve("log"));
  }

  @AfterEach
  void done() throws Exception {
    log.close();
    job.close();
  }

  /** Made and given to the cache. */
  private Stage kept(StageCache cache) throws Exception {
    Path made = job.folder("stage-" + UUID.randomUUID());
    Path files = Files.createDirectory(made.resolve("files"));
    List<StageFile> all = new ArrayList<>();
    for (PlanOutput output : plan.outputs()) {
      byte[] content = output.file().getBytes(StandardCharsets.UTF_8);
      Files.write(files.resolve(output.file()), content);
      all.add(new StageFile(output, Sha256.of(content), content.length));
    }
    PackageVersion libc = new PackageVersion("2.36-9+deb12u10");
    return cache.keep(KEY, made, new Stage(3, files, all, KEY, libc, NOW, NOW.plusSeconds(3)));
  }

  private Optional<Stage> taken(StageCache cache) throws Exception {
    return cache.take(KEY, plan, 3, job, log);
  }

  @Test
  void whoWantsNoCacheIsGivenNothingOfItAndLeavesNothing() throws Exception {
    StageCache none = StageCache.in(state, false);
    Stage made = kept(none);
    assertThat(made.folder()).startsWith(job.path("")).isDirectory();
    assertThat(taken(StageCache.in(state))).isEmpty();

    kept(StageCache.in(state));
    assertThat(taken(StageCache.in(state))).isPresent();
    assertThat(taken(none)).isEmpty();
  }
}
