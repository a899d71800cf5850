package org.whonix2.rebuilder.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.whonix2.rebuilder.Results.NOW;
import static org.whonix2.rebuilder.Results.OTHER;
import static org.whonix2.rebuilder.Results.OURS;
import static org.whonix2.rebuilder.Results.artifact;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.whonix2.io.cli.CommandException;
import org.whonix2.io.cli.ExitCode;
import org.whonix2.rebuilder.Results;
import org.whonix2.rebuilder.attest.Attester;
import org.whonix2.rebuilder.attest.RebuilderKey;
import org.whonix2.rebuilder.attest.SequenceNumbers;
import org.whonix2.rebuilder.difference.Difference;
import org.whonix2.rebuilder.rebuild.Comparison;
import org.whonix2.rebuilder.rebuild.RebuildRequest;
import org.whonix2.rebuilder.rebuild.RebuildResult;
import org.whonix2.rebuilder.rebuild.RecordedBuild;
import org.whonix2.rebuilder.variation.Findings;
import org.whonix2.rebuilder.variation.Outcome;
import org.whonix2.rebuilder.variation.Trial;
import org.whonix2.rebuilder.variation.Variation;

class ReportTest {
  private static final Report.Publication NOWHERE = Optional::empty;
  private static final Report.Publication FAILS =
      () -> {
        throw new CommandException(ExitCode.OUTSIDE_FAILED, "cannot publish", null);
      };

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  @TempDir Path folder;
  private RebuildRequest request;
  private Attester attester;
  private Report report;
  private RebuildResult.Built built;

  @BeforeEach
  void aResultOfEachKind() throws Exception {
    request = Results.request(folder);
    Path key = folder.resolve("key");
    attester =
        new Attester(
            RebuilderKey.create(key, "alpha", NOW),
            new SequenceNumbers(key),
            Clock.fixed(NOW, ZoneOffset.UTC));
    built =
        new RebuildResult.Built(
            Results.attempt(),
            List.of(
                Comparison.of(artifact("same"), List.of(OURS), RecordedBuild.NONE),
                new Comparison(
                    artifact("other"),
                    List.of(OTHER),
                    Optional.empty(),
                    Optional.of(Difference.BUILD_ID)),
                Comparison.of(
                    artifact("wrong"),
                    List.of(OTHER),
                    new RecordedBuild(Map.of("wrong_1_amd64.deb", OTHER))),
                Comparison.of(artifact("new"), List.of(), RecordedBuild.NONE)),
            OURS,
            Optional.empty());
    report = new Report(request, new PrintStream(out, true, StandardCharsets.UTF_8));
  }

  private Attester.Attested attested(RebuildResult result) throws Exception {
    return attester.attest(request, result);
  }

  private String shown() {
    return out.toString(StandardCharsets.UTF_8);
  }

  private JsonNode json() throws Exception {
    return new ObjectMapper().readTree(shown());
  }

  @Test
  void aSourceInGitIsShownByItsCommit() throws Exception {
    RebuildResult.Built git =
        new RebuildResult.Built(
            Results.attemptInGit(), built.comparisons(), OURS, Optional.empty());
    report.table(git, attested(git), NOWHERE);
    assertThat(shown())
        .contains(
            "source: commit "
                + "1".repeat(40)
                + " of https://example.org/tiny.git, tag v1\n"
                + "source signed by "
                + "5".repeat(40)
                + "\n");
    out.reset();
    report.json(git, attested(git), NOWHERE);
    JsonNode json = json();
    assertThat(json.has("dsc")).isFalse();
    assertThat(json.path("recordedBuildinfo").asText()).isEqualTo(OURS.toString());
    assertThat(json.path("signer").asText()).isEqualTo("5".repeat(40));
    assertThat(json.path("git").toString())
        .isEqualTo(
            """
            {"url":"https://example.org/tiny.git","tag":"v1","commit":"%s","tree":"%s",\
            "archive":"%s","submodules":[{"path":"lib","url":"https://example.org/lib.git",\
            "commit":"%s","tree":"%s"}]}"""
                .formatted("1".repeat(40), "2".repeat(40), OTHER, "3".repeat(40), "4".repeat(40)));
  }

  @Test
  void everyAgreementIsShownAndThoseWithAMeaningSayIt() throws Exception {
    report.table(built, attested(built), NOWHERE);
    assertThat(shown())
        .contains("same 1 amd64   " + OURS + "  agrees\n")
        .contains("other 1 amd64  " + OURS + "  inconclusive\n")
        .contains("               " + OTHER + "  (archive)\n")
        .contains("  differs only in build id and debug link: it stays inconclusive\n")
        .contains("wrong 1 amd64  " + OURS + "  mismatch\n")
        .contains("new 1 amd64    " + OURS + "  not in archive\n")
        .contains("tiny 1: 1 agrees, 1 mismatch, 1 inconclusive, 1 not in archive\n")
        .contains("\ninconclusive: other bits than the archive's, whose build environment is not")
        .contains("\nmismatch: other bits than the archive's, built with the packages that its")
        .endsWith("as its number 1\nnot published\n")
        .doesNotContain("what differs");
  }

  @Test
  void theReportOfDifferencesIsNamedWhereThereIsOne() throws Exception {
    Files.writeString(folder.resolve("diffoscope.txt"), "differs");
    report.table(built, attested(built), NOWHERE);
    assertThat(shown()).contains("what differs: " + folder.resolve("diffoscope.txt") + "\n");
    out.reset();
    report.json(built, attested(built), NOWHERE);
    assertThat(json().path("differenceReport").asText()).isEqualTo("diffoscope.txt");
  }

  @Test
  void programsReadTheSame() throws Exception {
    report.json(built, attested(built), () -> Optional.of(7L));
    JsonNode artifacts = json().path("artifacts");
    assertThat(artifacts.findValuesAsText("comparison"))
        .containsExactly("agrees", "inconclusive", "mismatch", "not in archive");
    assertThat(artifacts.path(1).path("difference").asText()).isEqualTo("build-id");
    assertThat(artifacts.path(2).path("recorded").asText()).isEqualTo(OTHER.toString());
    assertThat(artifacts.path(2).has("difference")).isFalse();
    assertThat(json().path("environment").asText()).isEqualTo(Results.ENVIRONMENT.toString());
    assertThat(json().path("attestation").path("index").asLong()).isEqualTo(7);
    assertThat(json().has("differenceReport")).isFalse();
  }

  @Test
  void whatChangesTheBitsIsShownAfterWhatCameOut() throws Exception {
    Outcome other = new Outcome.Failed("exit code 2");
    Findings.Step step = new Findings.Step(new Trial(Set.of(Variation.PATH), true), other, false);
    Findings findings =
        new Findings(
            List.of(Variation.PATH),
            List.of(),
            false,
            Optional.empty(),
            List.of("a.deb"),
            List.of(step));
    RebuildResult varied =
        new RebuildResult.Built(
            built.attempt(), built.comparisons(), built.buildinfo(), Optional.of(findings));
    report.table(varied, attested(varied), NOWHERE);
    assertThat(shown())
        .contains(
            "\nvaried path  failed: exit code 2\nchanged: a.deb\n"
                + "not deterministic: other bits with another path\nattested by");
    out.reset();
    report.json(varied, attested(varied), NOWHERE);
    assertThat(json().path("variation").path("culprits").path(0).asText()).isEqualTo("path");
    assertThat(json().path("variation").path("deterministic").asBoolean(true)).isFalse();
    assertThat(json().path("variation").path("builds").path(0).path("result").asText())
        .isEqualTo("failed: exit code 2");
  }

  @Test
  void aFailedBuildIsShownAndStatedToo() throws Exception {
    RebuildResult failed = Results.failed("killed at the time limit", Optional.of("time"));
    report.table(failed, attested(failed), () -> Optional.of(9L));
    assertThat(shown())
        .startsWith("tiny 1: failed\n")
        .contains("as its number 1\n")
        .endsWith("in the log at index 9\n");
    out.reset();
    report.json(failed, attested(failed), () -> Optional.of(10L));
    assertThat(json().path("result").asText()).isEqualTo("failed");
    assertThat(json().path("limit").asText()).isEqualTo("time");
    assertThat(json().path("attestation").path("sequence").asLong()).isEqualTo(2);
    assertThat(json().path("attestation").path("index").asLong()).isEqualTo(10);
  }

  @Test
  void theResultIsShownBeforePublishingAndItsIndexAfter() throws Exception {
    report.table(
        built,
        attested(built),
        () -> {
          assertThat(shown()).contains("as its number 1\n").doesNotContain("index");
          return Optional.of(7L);
        });
    assertThat(shown()).endsWith("in the log at index 7\n");
  }

  @Test
  void theResultIsShownThoughPublishingFails() throws Exception {
    Attester.Attested attested = attested(built);
    assertThatExceptionOfType(CommandException.class)
        .isThrownBy(() -> report.table(built, attested, FAILS));
    assertThat(shown()).contains("as its number 1\n").doesNotContain("published");
    out.reset();
    assertThatExceptionOfType(CommandException.class)
        .isThrownBy(() -> report.json(built, attested, FAILS));
    assertThat(shown()).contains("\"sequence\"").doesNotContain("\"index\"");
  }

  @Test
  void oneObjectHoldsTheIndex() throws Exception {
    report.json(built, attested(built), () -> Optional.of(7L));
    assertThat(shown()).containsOnlyOnce("\"source\"").contains("\"index\"");
  }
}
