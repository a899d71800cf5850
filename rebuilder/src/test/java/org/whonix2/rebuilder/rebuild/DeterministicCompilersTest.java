package org.whonix2.rebuilder.rebuild;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.whonix2.core.artifact.Architecture;
import org.whonix2.io.progress.Progress;
import org.whonix2.rebuilder.RealWorkshop;
import org.whonix2.rebuilder.Results;
import org.whonix2.rebuilder.process.LogFile;
import org.whonix2.rebuilder.sandbox.BuildLimits;
import org.whonix2.rebuilder.sandbox.BuildRoot;
import org.whonix2.rebuilder.sandbox.JobCompiler;
import org.whonix2.rebuilder.sandbox.JobFolder;
import org.whonix2.rebuilder.sandbox.Surroundings;
import org.whonix2.rebuilder.sandbox.TinySource;
import org.whonix2.rebuilder.variation.CulpritSearch;
import org.whonix2.rebuilder.variation.Findings;
import org.whonix2.rebuilder.variation.Outcome;
import org.whonix2.rebuilder.variation.Trial;
import org.whonix2.toolchain.Definitions;

/**
 * Whether what each toolchain makes depends on its surroundings: small C sources, built again and
 * again with everything varied. What does is a known limit of the toolchain. Needs root, a mirror
 * and disorderfs.
 */
@Tag("heavy")
@Timeout(1800)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DeterministicCompilersTest {
  /** Several files, a static library of them, debug information asked for as Debian does. */
  private static final String SEVERAL =
      """
      printf '#include <stdio.h>\\nint two(void);\\nint main(void) { return printf("%s", __FILE__) + two(); }\\n' >one.c
      printf 'static int x = 3;\\nint two(void) { static const char *n = "two"; return n[0] + x; }\\n' >two.c
      printf 'int three(int a) { return a * 3; }\\n' >three.c
      gcc -g -O2 -ffile-prefix-map=$PWD=. -c one.c -o one.o
      cc -g -O2 -ffile-prefix-map=$PWD=. -c two.c -o two.o
      cc -g -O2 -ffile-prefix-map=$PWD=. -c three.c -o three.o
      ar rcs libtwo.a two.o three.o
      cc -g -o program one.o -L. libtwo.a
      """;

  private static final String DATE =
      "printf 'const char *d = __DATE__;\\n' >d.c && cc -c d.c -o d.o\n";

  private static final String ABSOLUTE =
      "printf 'const char *f = __FILE__;\\n' >f.c && cc -ffile-prefix-map=$PWD=. -c $PWD/f.c -o f.o\n";

  private RealWorkshop workshop;
  private int cases;

  @BeforeAll
  void open(@TempDir Path folder) throws Exception {
    Path state = Files.createDirectory(folder.resolve("state"));
    workshop = RealWorkshop.open(state, Definitions.shipped());
  }

  @AfterAll
  void close() throws Exception {
    workshop.close();
  }

  private Findings vary(String toolchain, String root, String compiles) throws Exception {
    cases++;
    // pcc leaves names of temporary files in symbol tables: a known limit.
    String strip = toolchain.startsWith("pcc") ? "strip -g \"$file\"" : ":";
    JobFolder job = workshop.shop().job();
    Path sources = job.folder("source" + cases);
    TinySource.write(
        sources,
        """
        umask 022
        case "$1" in binary)
          lib=$PWD/debian/tmp/usr/lib/tiny
          mkdir -p "$lib" w
          cd w
          %s
          for file in *.o *.a program; do
            [ ! -e "$file" ] || { %s; cp "$file" "$lib"; }
          done
          cd ..
          rm -r w
        esac
        """
            .formatted(compiles, strip));
    JobCompiler compiler = workshop.compiler(toolchain, root);
    Instant began = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    try (BuildRoot built =
            workshop.root(
                sources.resolve(TinySource.DSC), workshop.toolchain(toolchain).packageNames());
        LogFile log = new LogFile(job.path("varied" + cases + ".log"))) {
      VariedBuilds builds =
          new VariedBuilds(
              built,
              job,
              compiler,
              new RebuildResult.Attempt(
                  Results.source(sources),
                  new Architecture("amd64"),
                  Results.ENVIRONMENT,
                  Optional.empty(),
                  began,
                  began),
              BuildLimits.within(Duration.ofMinutes(2)),
              Surroundings.usual(Math.min(2, Runtime.getRuntime().availableProcessors())),
              workshop.shop().programs(),
              Progress.silent(),
              log);
      Outcome first = builds.build(new Trial(Set.of(), false));
      assertThat(first).as(String.join("\n", log.tail(50))).isInstanceOf(Outcome.Bits.class);
      return new CulpritSearch(first, builds).run();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "gcc-12, gcc",
    "clang-14, clang",
    "pcc, gcc",
    "tcc, gcc",
    "tcc-ddc, gcc",
    "pcc-ddc, gcc",
  })
  void severalFilesALibraryAndDebugInformationComeOutTheSame(String toolchain, String root)
      throws Exception {
    Findings findings = vary(toolchain, root, SEVERAL);
    assertThat(findings.deterministic()).as(findings.summary()).isTrue();
    assertThat(findings.steps()).isNotEmpty();
  }

  /** What leaks is listed with its reason and its remedy. */
  @ParameterizedTest
  @CsvSource({
    "gcc-12,   gcc,   DATE, ''",
    "tcc-ddc,  gcc,   DATE, ''",
    "clang-14, clang, DATE, TIME",
    "pcc,      gcc,   DATE, TIME",
    "pcc-ddc,  gcc,   DATE, TIME",
    "tcc,      gcc,   DATE, TIME",
    "gcc-12,   gcc,   FILE, ''",
    "clang-14, clang, FILE, ''",
    "pcc,      gcc,   FILE, PATH",
    "pcc-ddc,  gcc,   FILE, PATH",
    "tcc,      gcc,   FILE, PATH",
    "tcc-ddc,  gcc,   FILE, PATH",
  })
  void whatLeaksIsKnown(String toolchain, String root, String source, String culprits)
      throws Exception {
    Findings findings = vary(toolchain, root, source.equals("DATE") ? DATE : ABSOLUTE);
    List<String> expected =
        Arrays.stream(culprits.split(" ", -1)).filter(each -> !each.isEmpty()).toList();
    assertThat(findings.culprits().stream().map(Enum::name).collect(Collectors.toList()))
        .as(findings.summary())
        .isEqualTo(expected);
    assertThat(findings.deterministic()).isEqualTo(expected.isEmpty());
    if (!expected.isEmpty()) {
      assertThat(workshop.toolchain(toolchain).knownLimits())
          .as("known limits of " + toolchain)
          .anyMatch(limit -> limit.contains("__" + source + "__"));
    }
  }
}
