package org.whonix2.rebuilder.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.whonix2.core.artifact.Architecture;
import org.whonix2.core.artifact.PackageName;
import org.whonix2.core.artifact.PackageVersion;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.dsse.Envelope;
import org.whonix2.core.openpgp.SecretKey;
import org.whonix2.core.statement.SourcePackage;
import org.whonix2.io.cli.CommandException;
import org.whonix2.io.cli.ExitCode;
import org.whonix2.rebuilder.apt.SourceRequest;
import org.whonix2.rebuilder.attest.Attester;
import org.whonix2.rebuilder.input.BuildInput;
import org.whonix2.rebuilder.input.Input;
import org.whonix2.rebuilder.rebuild.RebuildRequest;
import org.whonix2.rebuilder.rebuild.RebuildResult;
import org.whonix2.rebuilder.sandbox.BuildLimits;
import org.whonix2.rebuilder.sandbox.Recipe;
import org.whonix2.rebuilder.sandbox.RootCache;
import org.whonix2.rebuilder.sandbox.RootContents;
import org.whonix2.toolchain.Toolchain;

class ReportTest {
  private static final Instant NOW = Instant.parse("2026-11-22T13:00:00Z");
  private static final Report.Publication FAILS =
      () -> {
        throw new CommandException(ExitCode.OUTSIDE_FAILED, "cannot publish", null);
      };

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private Report report;
  private RebuildResult.Built built;
  private Attester.Attested attested;

  @BeforeEach
  void aResult() throws Exception {
    Sha256 digest = Sha256.of(new byte[0]);
    BuildInput source =
        new BuildInput(
            new SourcePackage(PackageName.parse("tiny"), PackageVersion.parse("1"), digest),
            Path.of("/source"),
            Optional.empty(),
            Optional.empty(),
            new RootContents.BuildDependencies(List.of(), Path.of("/source/tiny_1.dsc")),
            Recipe.usual("tiny_1.dsc", "tiny-1"),
            Optional.empty(),
            Optional.empty(),
            List.of());
    Architecture architecture = Architecture.parse("amd64");
    built = new RebuildResult.Built(source, architecture, List.of(), digest, digest, NOW, NOW);
    SecretKey key = SecretKey.generate("alpha", NOW, Duration.ofDays(1));
    attested =
        new Attester.Attested(
            Envelope.sign("text/plain", new byte[] {1}, key, NOW),
            key.certificate().fingerprint(),
            3);
    RebuildRequest request =
        new RebuildRequest(
            new Input.Archived(SourceRequest.parse("tiny")),
            "bookworm",
            List.of(),
            List.of(),
            false,
            Toolchain.named("gcc-12").orElseThrow(),
            "gcc",
            BuildLimits.within(Duration.ofHours(1)),
            1,
            RootCache.Settings.STANDARD,
            Path.of("/out"),
            Path.of("/state"));
    report = new Report(request, new PrintStream(out, true, StandardCharsets.UTF_8));
  }

  private String shown() {
    return out.toString(StandardCharsets.UTF_8);
  }

  @Test
  void theResultIsShownBeforePublishingAndItsIndexAfter() throws Exception {
    report.table(
        built,
        attested,
        () -> {
          assertThat(shown()).contains("as its number 3\n").doesNotContain("index");
          return Optional.of(7L);
        });
    assertThat(shown()).endsWith("in the log at index 7\n");
  }

  @Test
  void theResultIsShownThoughPublishingFails() {
    assertThatExceptionOfType(CommandException.class)
        .isThrownBy(() -> report.table(built, attested, FAILS));
    assertThat(shown()).contains("as its number 3\n").doesNotContain("published");
    out.reset();
    assertThatExceptionOfType(CommandException.class)
        .isThrownBy(() -> report.json(built, attested, FAILS));
    assertThat(shown()).contains("\"sequence\"").doesNotContain("\"index\"");
  }

  @Test
  void oneObjectHoldsTheIndex() throws Exception {
    report.json(built, attested, () -> Optional.of(7L));
    assertThat(shown()).containsOnlyOnce("\"source\"").contains("\"index\"");
  }
}
