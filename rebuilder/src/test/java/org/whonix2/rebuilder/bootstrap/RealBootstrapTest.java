package org.whonix2.rebuilder.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.dsse.Envelope;
import org.whonix2.core.dsse.Verification;
import org.whonix2.core.dsse.VerifiedEnvelope;
import org.whonix2.core.openpgp.SecretKey;
import org.whonix2.core.statement.CompilerBootstrap;
import org.whonix2.core.statement.CompilerFile;
import org.whonix2.core.statement.Statement;
import org.whonix2.io.progress.Progress;
import org.whonix2.rebuilder.SandboxFiles;
import org.whonix2.rebuilder.attest.Attester;
import org.whonix2.rebuilder.attest.BootstrapAttester;
import org.whonix2.rebuilder.attest.RebuilderKey;
import org.whonix2.rebuilder.attest.SequenceNumbers;
import org.whonix2.rebuilder.process.Cancellation;
import org.whonix2.rebuilder.process.Programs;
import org.whonix2.rebuilder.sandbox.BuildLimits;
import org.whonix2.rebuilder.sandbox.RootCache;
import org.whonix2.toolchain.BootstrapPlan;
import org.whonix2.toolchain.Definitions;

/** Small compilers come out of all their roots as one. Needs root, a mirror and minutes. */
@Tag("heavy")
@Timeout(1800)
class RealBootstrapTest {
  @TempDir(cleanup = CleanupMode.NEVER)
  private Path folder;

  /** Files of other users, and not for JUnit to ask about one by one. */
  @AfterEach
  void remove() throws Exception {
    SandboxFiles.remove(folder);
  }

  private BootstrapRequest request(String reference, String out) throws Exception {
    BootstrapPlan plan = Definitions.shipped().plan(reference).orElseThrow();
    return new BootstrapRequest(
        Definitions.shipped(),
        plan,
        plan.roots(),
        true,
        "bookworm",
        List.of(),
        BuildLimits.within(Duration.ofMinutes(20)),
        2,
        RootCache.Settings.STANDARD,
        Files.createDirectory(folder.resolve(out)),
        Files.createDirectories(folder.resolve("state")));
  }

  private static BootstrapRun.Result run(BootstrapRequest request) throws Exception {
    return new BootstrapRun(
            request, new Programs(new Cancellation()), Progress.silent(), Clock.systemUTC())
        .run();
  }

  private static RootComparison compared(BootstrapRun.Result result) {
    Map<String, List<Sha256>> stages = new LinkedHashMap<>();
    result
        .roots()
        .forEach(
            root -> {
              assertThat(root.failure()).as(root.root().name()).isEmpty();
              stages.put(root.root().name(), root.digests());
            });
    return new RootComparison(stages);
  }

  @ParameterizedTest
  @CsvSource({"tcc, gcc clang pcc tcc", "pcc, gcc clang tcc pcc"})
  void allRootsComeToOneCompiler(String reference, String roots) throws Exception {
    BootstrapRequest request = request(reference, "out");
    BootstrapRun.Result result = run(request);
    RootComparison compared = compared(result);
    assertThat(compared.stages().keySet()).containsExactly(roots.split(" ", -1));
    assertThat(compared.agrees()).as(String.valueOf(compared)).isTrue();
    assertThat(compared.stages().values()).allMatch(stages -> stages.size() == 3);
    assertThat(compared.stages().values())
        .as("a compiler that comes out of itself")
        .allMatch(stages -> stages.get(1).equals(stages.get(2)));
    assertThat(compared.stages().values().stream().map(stages -> stages.get(0)).distinct())
        .as("stage 1 shows that the roots are different compilers")
        .hasSize(4);
    assertThat(made(run(request(reference, "again"))))
        .as("the second time from the cache: made when the first ones were")
        .isEqualTo(made(result));
    SecretKey key = RebuilderKey.create(folder.resolve("key"), "me", Instant.now());
    SequenceNumbers numbers = new SequenceNumbers(folder.resolve("key"));
    new BootstrapAttester(key, numbers, Clock.systemUTC()).attest(request, result);
    for (RootResult root : result.roots()) {
      assertAttested(request, root, key);
    }
  }

  private static List<String> made(BootstrapRun.Result result) {
    return result.roots().stream()
        .flatMap(root -> root.stages().stream())
        .map(stage -> stage.digest() + " " + stage.startedOn() + " " + stage.finishedOn())
        .toList();
  }

  /** What the statement says is what lies beside it. */
  private static void assertAttested(BootstrapRequest request, RootResult root, SecretKey key)
      throws Exception {
    Path stage = request.out().resolve(root.root().name()).resolve("stage-3");
    Verification verification =
        VerifiedEnvelope.verify(
            Envelope.parse(Files.readAllBytes(stage.resolve(Attester.FILE))),
            fingerprint -> Optional.of(key.certificate()),
            Instant.now());
    VerifiedEnvelope envelope = ((Verification.Verified) verification).envelope();
    CompilerBootstrap said =
        (CompilerBootstrap) Statement.parse(envelope.payloadType(), envelope.payload());
    assertThat(said.rebuilder()).isEqualTo(key.certificate().fingerprint());
    assertThat(said.compilerRoot()).isEqualTo(root.root().name());
    assertThat(said.stage()).isEqualTo(3);
    assertThat(said.earlier()).isEqualTo(root.digests().subList(0, 2));
    assertThat(said.stageDigest()).isEqualTo(root.digests().get(2));
    assertThat(said.libcDev().toString()).startsWith("2.36-");
    assertThat(said.files())
        .extracting(CompilerFile::role)
        .contains(CompilerFile.Role.COMPILER, CompilerFile.Role.RUNTIME);
    for (CompilerFile file : said.files()) {
      Path name = Path.of(file.path()).getFileName();
      assertThat(StageCache.digest(stage.resolve(String.valueOf(name)))).isEqualTo(file.digest());
    }
  }
}
