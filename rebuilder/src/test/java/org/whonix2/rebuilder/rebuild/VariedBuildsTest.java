package org.whonix2.rebuilder.rebuild;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.whonix2.core.artifact.Architecture;
import org.whonix2.core.statement.Binaries;
import org.whonix2.io.progress.Progress;
import org.whonix2.rebuilder.Results;
import org.whonix2.rebuilder.apt.AptRoot;
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
import org.whonix2.rebuilder.sandbox.Surroundings;
import org.whonix2.rebuilder.sandbox.TinySource;
import org.whonix2.rebuilder.variation.CulpritSearch;
import org.whonix2.rebuilder.variation.Findings;
import org.whonix2.rebuilder.variation.Outcome;
import org.whonix2.rebuilder.variation.Trial;
import org.whonix2.rebuilder.variation.Variation;
import org.whonix2.toolchain.Definitions;

/**
 * Small sources that break on exactly one thing each, built in the real sandbox. Needs root, a
 * mirror and disorderfs.
 */
@Tag("heavy")
@Timeout(900)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class VariedBuildsTest {
  private final Programs programs = new Programs(new Cancellation());
  private final Surroundings usual =
      Surroundings.usual(Math.min(2, Runtime.getRuntime().availableProcessors()));
  private JobFolder job;
  private LogFile prepared;
  private BuildRoot root;
  private int cases;

  @BeforeAll
  void makeOneRootForAllCases(@TempDir Path state) throws Exception {
    job = JobFolder.open(state);
    Path tiny = job.folder("tiny");
    TinySource.write(tiny, "");
    // Open as long as the root: what varies its surroundings is fetched by apt.
    prepared = new LogFile(job.path("prepare.log"));
    AptRoot apt =
        AptRoot.create(
            job.path("apt"),
            MachineSources.read(Path.of("/etc/apt")),
            "bookworm",
            programs,
            prepared);
    apt.update();
    root =
        BuildRoot.make(
            job,
            apt,
            new RootContents.BuildDependencies(
                List.of(), tiny.resolve(TinySource.DSC), Binaries.BINARY),
            RootCache.in(state, RootCache.Settings.STANDARD),
            programs,
            prepared);
  }

  @AfterAll
  void remove() throws Exception {
    root.close();
    prepared.close();
    job.close();
  }

  /** Whatever the program prints goes into the package; modes are not left to the umask. */
  private Findings vary(String prints) throws Exception {
    return varyRules(
        """
        umask 022
        case "$1" in binary)
          mkdir -p debian/tmp/usr/share/tiny
          { %s
          } >debian/tmp/usr/share/tiny/printed
        esac
        """
            .formatted(prints));
  }

  private Findings varyRules(String rules) throws Exception {
    cases++;
    Path sources = job.folder("source" + cases);
    TinySource.write(sources, rules);
    Instant began = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    Path logFile = job.path("varied" + cases + ".log");
    try (LogFile log = new LogFile(logFile)) {
      VariedBuilds builds =
          new VariedBuilds(
              root,
              job,
              new JobCompiler(
                  Definitions.shipped().toolchain("gcc-12").orElseThrow(), Optional.empty()),
              new RebuildResult.Attempt(
                  Results.source(sources),
                  new Architecture("amd64"),
                  Results.ENVIRONMENT,
                  Optional.empty(),
                  began,
                  began),
              BuildLimits.within(Duration.ofMinutes(2)),
              usual,
              programs,
              Progress.silent(),
              log);
      Outcome first = builds.build(new Trial(Set.of(), false));
      assertThat(first).as(String.join("\n", log.tail(50))).isInstanceOf(Outcome.Bits.class);
      return new CulpritSearch(first, builds).run();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '=',
      quoteCharacter = '"',
      value = {
        "FILE_ORDER  = mkdir f && touch f/a f/b f/c f/d f/e f/f && ls -U f",
        "ZONE        = date -d @0 +%H:%M",
        "LOCALE      = printf 'a\\nB\\n' | sort",
        "USER        = id -un",
        "HOST        = uname -n",
        "PATH        = pwd",
        "PROCESSORS  = nproc",
        "TIME        = date -u +%Y",
        "PERSONALITY = uname -m",
      })
  void aSourceThatBreaksOnOneThingIsToldWhichOne(Variation culprit, String prints)
      throws Exception {
    assertNamed(vary(prints), culprit);
  }

  @Test
  void modesLeftToTheUmaskAreToldFromEverythingElse() throws Exception {
    assertNamed(
        varyRules(
            """
            case "$1" in binary)
              mkdir -p debian/tmp/usr/share/tiny
              echo static >debian/tmp/usr/share/tiny/file
            esac
            """),
        Variation.UMASK);
  }

  private static void assertNamed(Findings findings, Variation culprit) {
    assertThat(findings.trouble()).isEmpty();
    assertThat(findings.culprits()).as(findings.toJson().toPrettyString()).containsExactly(culprit);
    assertThat(findings.together()).isEmpty();
    assertThat(findings.unstable()).isFalse();
    assertThat(findings.changed()).containsExactly("tiny_1_all.deb");
    assertThat(findings.steps()).hasSizeLessThanOrEqualTo(8);
    assertThat(findings.steps()).noneMatch(step -> step.outcome() instanceof Outcome.Failed);
  }

  @Test
  void aDeterministicSourceIsFoundSoByOneMoreBuild() throws Exception {
    Findings findings = vary("echo always the same; ls; date -u -d @0 +%s");
    assertThat(findings.deterministic()).as(findings.toJson().toPrettyString()).isTrue();
    assertThat(findings.steps()).hasSize(1);
  }

  @Test
  void chanceIsBlamedOnNothing() throws Exception {
    Findings findings = vary("cat /proc/sys/kernel/random/uuid");
    assertThat(findings.unstable()).as(findings.toJson().toPrettyString()).isTrue();
    assertThat(findings.culprits()).isEmpty();
  }

  @Test
  void twoCulpritsAreBothNamed() throws Exception {
    Findings findings = vary("pwd; id -un");
    assertThat(findings.culprits())
        .as(findings.toJson().toPrettyString())
        .containsExactly(Variation.USER, Variation.PATH);
  }
}
