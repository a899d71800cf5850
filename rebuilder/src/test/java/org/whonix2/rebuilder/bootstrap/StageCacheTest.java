package org.whonix2.rebuilder.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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

/** Stages made by hand: what is kept, what is taken, what goes. */
class StageCacheTest {
  private static final Sha256 KEY = Sha256.of("key".getBytes(StandardCharsets.UTF_8));
  private static final PackageVersion LIBC = new PackageVersion("2.36-9");
  private static final Instant THEN = Instant.parse("2026-11-23T01:02:03Z");

  @TempDir Path state;
  private JobFolder job;
  private LogFile log;
  private BootstrapPlan plan;
  private StageCache cache;
  private Stage made;

  @BeforeEach
  void makeAStage() throws Exception {
    job = JobFolder.open(state);
    log = new LogFile(state.resolve("log"));
    plan = Definitions.shipped().plan("tcc").orElseThrow();
    cache = StageCache.in(state);
    Path files = job.folder("made");
    List<StageFile> listed = new ArrayList<>();
    for (PlanOutput output : plan.outputs()) {
      Path file = files.resolve(output.file());
      Files.writeString(file, "bits of " + output.file());
      listed.add(new StageFile(output, StageCache.digest(file), Files.size(file)));
    }
    made = new Stage(3, plan.sources(), files, listed, KEY, LIBC, THEN, THEN.plusSeconds(4));
    cache.keep(KEY, made, job);
  }

  @AfterEach
  void close() throws Exception {
    log.close();
    job.close();
  }

  private Optional<Stage> taken() throws Exception {
    return cache.take(KEY, wanted(KEY), job, log);
  }

  private StageCache.Wanted wanted(Sha256 environment) {
    return new StageCache.Wanted(plan, 3, environment, LIBC);
  }

  private Path kept() {
    return state.resolve("compilers").resolve(KEY.toString());
  }

  @Test
  void whatWasKeptIsTakenAsItWasMade() throws Exception {
    Stage taken = taken().orElseThrow();
    assertThat(taken.files()).isEqualTo(made.files());
    assertThat(taken.digest()).isEqualTo(made.digest());
    assertThat(taken.startedOn()).isEqualTo(THEN);
    assertThat(taken.finishedOn()).isEqualTo(THEN.plusSeconds(4));
    Sha256 other = Sha256.of(new byte[] {1});
    assertThat(cache.take(other, wanted(KEY), job, log)).isEmpty();
  }

  @Test
  void whatIsTakenIsTheJobsOwnAndSandboxesCanReadIt() throws Exception {
    Stage taken = taken().orElseThrow();
    assertThat(taken.folder()).startsWith(job.path(""));
    for (StageFile file : taken.files()) {
      Path path = taken.folder().resolve(file.output().file());
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
          .isEqualTo("rw-r--r--");
    }
    Files.writeString(kept().resolve("files/tcc"), "changed while it is used");
    assertThat(StageCache.digest(taken.folder().resolve("tcc")))
        .isEqualTo(taken.files().get(0).digest());
  }

  /** The cache is not asked what its root was. */
  @Test
  void theEnvironmentIsThatOfTheRootThatItIsWantedFor() throws Exception {
    Sha256 other = Sha256.of(new byte[] {1});
    assertThat(cache.take(KEY, wanted(other), job, log).orElseThrow().environment())
        .isEqualTo(other);
  }

  @Test
  void whoWantsNoCacheIsGivenNothingOfItAndLeavesNothing() throws Exception {
    StageCache none = StageCache.in(state, false);
    assertThat(none.take(KEY, wanted(KEY), job, log)).isEmpty();
    Sha256 other = Sha256.of(new byte[] {1});
    none.keep(other, made, job);
    assertThat(cache.take(other, wanted(KEY), job, log)).isEmpty();
  }

  @Test
  void aStageThatIsThereAlreadyStays() throws Exception {
    cache.keep(KEY, made, job);
    assertThat(taken()).isPresent();
  }

  @Test
  void aChangedFileIsNoStageAndGoes() throws Exception {
    Files.writeString(kept().resolve("files/tcc"), "bits of txx");
    assertThat(taken()).isEmpty();
    assertThat(kept()).doesNotExist();
  }

  @Test
  void aLinkInPlaceOfAFileIsNoStage() throws Exception {
    Path tcc = kept().resolve("files/tcc");
    Path elsewhere = Files.move(tcc, state.resolve("elsewhere"));
    Files.createSymbolicLink(tcc, elsewhere);
    assertThat(taken()).isEmpty();
  }

  @Test
  void aMissingFileIsNoStage() throws Exception {
    Files.delete(kept().resolve("files/libtcc1.a"));
    assertThat(taken()).isEmpty();
  }

  @Test
  void aDamagedManifestIsNoStage() throws Exception {
    Path manifest = kept().resolve("manifest");
    String text = Files.readString(manifest);
    Files.writeString(manifest, text.replace("started ", "started"));
    assertThat(taken()).isEmpty();
    assertThat(kept()).doesNotExist();
  }

  @Test
  void aManifestThatForgetsAFileIsNoStage() throws Exception {
    Path manifest = kept().resolve("manifest");
    List<String> lines = Files.readAllLines(manifest);
    Files.write(manifest, lines.subList(0, lines.size() - 1));
    assertThat(taken()).isEmpty();
  }

  @Test
  void whatNobodyUsedForLongGoes() throws Exception {
    cache.clean(job, Instant.now().minusSeconds(60));
    assertThat(taken()).isPresent();
    Files.setLastModifiedTime(kept(), FileTime.from(Instant.now().minusSeconds(120)));
    cache.clean(job, Instant.now().minusSeconds(60));
    assertThat(taken()).isEmpty();
  }

  @Test
  void useKeepsItYoung() throws Exception {
    Files.setLastModifiedTime(kept(), FileTime.from(Instant.now().minusSeconds(120)));
    assertThat(taken()).isPresent();
    cache.clean(job, Instant.now().minusSeconds(60));
    assertThat(taken()).isPresent();
  }
}
