package org.whonix2.rebuilder.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.whonix2.rebuilder.Results.ENVIRONMENT;
import static org.whonix2.rebuilder.Results.NOW;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.whonix2.core.artifact.Architecture;
import org.whonix2.core.artifact.PackageName;
import org.whonix2.core.artifact.PackageVersion;
import org.whonix2.core.digest.Sha256;
import org.whonix2.io.cli.ExitCode;
import org.whonix2.rebuilder.apt.ArchivedSource;
import org.whonix2.rebuilder.attest.BootstrapAttester;
import org.whonix2.rebuilder.attest.RebuilderKey;
import org.whonix2.rebuilder.attest.SequenceNumbers;
import org.whonix2.rebuilder.bootstrap.BootstrapRequest;
import org.whonix2.rebuilder.bootstrap.BootstrapRun;
import org.whonix2.rebuilder.bootstrap.RootResult;
import org.whonix2.rebuilder.bootstrap.Stage;
import org.whonix2.rebuilder.bootstrap.StageFile;
import org.whonix2.rebuilder.sandbox.BuildLimits;
import org.whonix2.rebuilder.sandbox.RootCache;
import org.whonix2.toolchain.BootstrapPlan;
import org.whonix2.toolchain.Definitions;
import org.whonix2.toolchain.PlanOutput;
import org.whonix2.toolchain.PlanRoot;

/** What people and programs are told of a bootstrap of tcc. */
class BootstrapReportTest {
  private static final String TCC = "/opt/whonix2/tcc-ddc/tcc";
  private static final String RUNTIME = "/opt/whonix2/tcc-ddc/lib/libtcc1.a";

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  @TempDir private Path folder;
  private BootstrapPlan plan;
  private BootstrapAttester attester;

  @BeforeEach
  void aPlanAndAKey() throws Exception {
    plan = Definitions.shipped().plan("tcc").orElseThrow();
    Path key = folder.resolve("key");
    attester =
        new BootstrapAttester(
            RebuilderKey.create(key, "alpha", NOW),
            new SequenceNumbers(key),
            Clock.fixed(NOW, ZoneOffset.UTC));
  }

  private static Sha256 bits(String text) {
    return Sha256.of(text.getBytes(StandardCharsets.UTF_8));
  }

  /** A stage whose compiler is of these bits; all else is the same in each. */
  private Stage stage(int number, String bits) {
    List<StageFile> files = new ArrayList<>();
    for (PlanOutput output : plan.outputs()) {
      String content = output.path().equals(TCC) ? bits : "same";
      files.add(new StageFile(output, bits(content), content.length()));
    }
    PackageVersion libc = new PackageVersion("2.36-9+deb12u10");
    return new Stage(number, plan.sources(), folder, files, ENVIRONMENT, libc, NOW, NOW);
  }

  /** Such as {@code "gcc a x x"}, or {@code "pcc failed"}. */
  private RootResult root(String row) throws Exception {
    List<String> words = List.of(row.split(" ", -1));
    PlanRoot root = plan.root(words.get(0)).orElseThrow();
    if (words.get(1).equals("failed")) {
      return new RootResult(root, List.of(), Optional.of("stage 1 failed: exit code 2"));
    }
    List<Stage> stages = new ArrayList<>();
    for (int number = 1; number < words.size(); number++) {
      stages.add(stage(number, words.get(number)));
      Files.createDirectories(folder.resolve(root.name()).resolve("stage-" + number));
    }
    return new RootResult(root, stages, Optional.empty());
  }

  private BootstrapReport report(boolean compared, String... rows) throws Exception {
    List<RootResult> roots = new ArrayList<>();
    for (String row : rows) {
      roots.add(root(row));
    }
    BootstrapRequest request =
        new BootstrapRequest(
            Definitions.shipped(),
            plan,
            roots.stream().map(RootResult::root).toList(),
            compared,
            "bookworm",
            List.of(),
            BuildLimits.within(Duration.ofMinutes(5)),
            1,
            RootCache.Settings.STANDARD,
            folder,
            folder.resolve("state"));
    String version = plan.sources().get(0).version().toString();
    ArchivedSource.SourceFile dsc =
        new ArchivedSource.SourceFile("tcc_" + version + ".dsc", bits("dsc"), 3);
    ArchivedSource source =
        new ArchivedSource(
            new PackageName("tcc"), new PackageVersion(version), dsc, List.of(dsc), List.of());
    BootstrapRun.Result result =
        new BootstrapRun.Result(List.of(source), Architecture.parse("amd64"), roots);
    return new BootstrapReport(
        request,
        result,
        attester.attest(request, result),
        new PrintStream(out, true, StandardCharsets.UTF_8));
  }

  private String table(BootstrapReport report) {
    out.reset();
    report.table();
    return out.toString(StandardCharsets.UTF_8);
  }

  private JsonNode json(BootstrapReport report) throws Exception {
    out.reset();
    report.json();
    return new ObjectMapper().readTree(out.toString(StandardCharsets.UTF_8));
  }

  private static List<String> texts(JsonNode array) {
    List<String> texts = new ArrayList<>();
    array.forEach(each -> texts.add(each.asText()));
    return texts;
  }

  /** A stage's digest. */
  private String whole(String bits) {
    return stage(1, bits).digest().toString();
  }

  private String start(String bits) {
    return whole(bits).substring(0, 16);
  }

  @Test
  void rootsThatAgreeAreARowEachAndOneDigest() throws Exception {
    BootstrapReport report = report(true, "gcc a x x", "clang b x x", "pcc c x x");
    assertThat(report.exitCode()).isEqualTo(ExitCode.DONE);
    assertThat(table(report))
        .isEqualTo(
            """
            root      stage 1           stage 2           stage 3
            gcc       %1$s  %4$s  %4$s
            clang     %2$s  %4$s  %4$s
            pcc       %3$s  %4$s  %4$s
            all 3 compiler roots come to one compiler: %5$s
            attested: 3 stages, in %6$s
            """
                .formatted(start("a"), start("b"), start("c"), start("x"), whole("x"), folder));
  }

  @Test
  void programsReadEveryStageAndFile() throws Exception {
    JsonNode json = json(report(true, "gcc a x x", "clang b x x"));
    assertThat(json.path("reference").asText()).isEqualTo("tcc");
    assertThat(json.path("plan").asText()).isEqualTo(plan.digest().toString());
    assertThat(json.path("makes").asText()).isEqualTo("tcc-ddc");
    assertThat(json.path("uses").asInt()).isEqualTo(3);
    assertThat(json.path("sources")).hasSize(1);
    assertThat(json.path("agrees").asBoolean(false)).isTrue();
    assertThat(json.path("odd").isArray()).isTrue();
    assertThat(json.path("odd")).isEmpty();
    JsonNode third = json.path("roots").path(1).path("stages").path(2);
    assertThat(third.path("stage").asInt()).isEqualTo(3);
    assertThat(third.path("digest").asText()).isEqualTo(whole("x"));
    assertThat(third.path("libc6-dev").asText()).isEqualTo("2.36-9+deb12u10");
    assertThat(third.path("environment").asText()).isEqualTo(ENVIRONMENT.toString());
    assertThat(third.path("files")).hasSameSizeAs(plan.outputs());
    assertThat(third.path("files").path(0).toString())
        .isEqualTo("{\"path\":\"%s\",\"sha256\":\"%s\",\"size\":1}".formatted(TCC, bits("x")));
    assertThat(json.path("attestations").toString())
        .isEqualTo(
            "[{\"root\":\"gcc\",\"stage\":3,\"sequence\":1},"
                + "{\"root\":\"clang\",\"stage\":3,\"sequence\":2}]");
  }

  /** An infected compiler reproduces itself: its own stages are all equal. */
  @Test
  void theOddRootIsNamedWithWhatDiffersAndWhatToDo() throws Exception {
    BootstrapReport report = report(true, "gcc a x x", "clang b x x", "pcc c x x", "tcc t t t");
    assertThat(report.exitCode()).isEqualTo(ExitCode.MISBEHAVIOUR);
    assertThat(table(report))
        .contains(
            """
            COMPILER ROOTS DISAGREE: these are the last stages
              gcc      %1$s
              clang    %1$s
              pcc      %1$s
              tcc      %2$s
            odd: tcc; the others come to %1$s
              tcc: /opt/whonix2/tcc-ddc/tcc is %3$s, elsewhere %4$s
            what to do:
              - build nothing with a compiler of an odd root, and publish this result
              - begin again with --no-cache"""
                .formatted(whole("x"), whole("t"), bits("t"), bits("x")))
        .endsWith(
            """
              - keep %1$s and the .deb of the odd root's compiler: evidence
            attested: 4 stages, in %1$s
            """
                .formatted(folder))
        .doesNotContain(RUNTIME);
    JsonNode json = json(report);
    assertThat(json.path("agrees").asBoolean(true)).isFalse();
    assertThat(texts(json.path("odd"))).containsExactly("tcc");
  }

  @Test
  void withoutAMajorityNoneIsTrusted() throws Exception {
    BootstrapReport report = report(true, "gcc a x x", "clang b y y");
    assertThat(report.exitCode()).isEqualTo(ExitCode.MISBEHAVIOUR);
    assertThat(table(report))
        .contains("  gcc      " + whole("x") + "\n  clang    " + whole("y") + "\n")
        .contains("\nno compiler comes out of more than half of them: none can be trusted\n")
        .contains("\nwhat to do:\n")
        .doesNotContain("odd:", "elsewhere");
    JsonNode json = json(report);
    assertThat(json.path("agrees").asBoolean(true)).isFalse();
    assertThat(texts(json.path("odd"))).containsExactly("gcc", "clang");
  }

  @Test
  void aRootThatFailedIsNoProofButNoSuccessEither() throws Exception {
    BootstrapReport report = report(true, "gcc a x x", "clang b x x", "pcc failed");
    assertThat(report.exitCode()).isEqualTo(ExitCode.REFUSED);
    assertThat(table(report))
        .contains("\npcc       failed: stage 1 failed: exit code 2\n")
        .contains("\n2 of 3 compiler roots come to one compiler: " + whole("x") + "\n")
        .contains("\nattested: 2 stages, in ")
        .doesNotContain("DISAGREE", "all ");
    JsonNode json = json(report);
    assertThat(json.path("agrees").asBoolean(false)).isTrue();
    assertThat(json.path("roots").path(2).toString())
        .isEqualTo("{\"root\":\"pcc\",\"failure\":\"stage 1 failed: exit code 2\",\"stages\":[]}");
    assertThat(json.path("roots").path(0).has("failure")).isFalse();
  }

  @Test
  void rootsThatDisagreeAreProofThoughAnotherFailed() throws Exception {
    BootstrapReport report = report(true, "gcc a x x", "clang b y y", "pcc failed");
    assertThat(report.exitCode()).isEqualTo(ExitCode.MISBEHAVIOUR);
  }

  /** One that is left has nothing to be compared with. */
  @Test
  void whereAllButOneFailedNothingIsSaidToAgree() throws Exception {
    BootstrapReport report = report(true, "gcc a x x", "clang failed", "pcc failed");
    assertThat(report.exitCode()).isEqualTo(ExitCode.REFUSED);
    assertThat(table(report)).doesNotContain("one compiler", "DISAGREE");
    assertThat(json(report).has("agrees")).isFalse();
  }

  @Test
  void ofASingleRootTheFilesOfTheUsedStageAreListed() throws Exception {
    BootstrapReport report = report(false, "gcc a x x");
    assertThat(report.exitCode()).isEqualTo(ExitCode.DONE);
    assertThat(table(report))
        .startsWith("root      stage 1           stage 2           stage 3\ngcc       ")
        .contains("\n" + bits("x") + "  " + TCC + "\n" + bits("same") + "  " + RUNTIME + "\n")
        .endsWith("\nattested: 1 stages, in " + folder + "\n")
        .doesNotContain("one compiler", "DISAGREE", bits("a").toString());
    JsonNode json = json(report);
    assertThat(json.has("agrees")).isFalse();
    assertThat(json.has("odd")).isFalse();
  }
}
