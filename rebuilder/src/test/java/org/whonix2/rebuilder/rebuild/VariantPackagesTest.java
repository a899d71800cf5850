package org.whonix2.rebuilder.rebuild;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.whonix2.core.artifact.BinaryArtifact;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.openpgp.SecretKey;
import org.whonix2.core.statement.Binaries;
import org.whonix2.core.statement.RebuildFailure;
import org.whonix2.core.statement.RebuildStatement;
import org.whonix2.rebuilder.SandboxFiles;
import org.whonix2.rebuilder.apt.SourceRequest;
import org.whonix2.rebuilder.attest.Attester;
import org.whonix2.rebuilder.attest.RebuilderKey;
import org.whonix2.rebuilder.attest.SequenceNumbers;
import org.whonix2.rebuilder.input.Input;
import org.whonix2.rebuilder.variation.Findings;
import org.whonix2.rebuilder.variation.Variation;

/**
 * Debian's own sources by other compilers: one hash over the roots of the regenerated compiler, and
 * by each native compiler the same bits twice, or the reason why not. Needs root and the mirror.
 */
@Tag("heavy")
@Timeout(3600)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class VariantPackagesTest {
  private Path folder;

  @BeforeAll
  void oneStateForAll(@TempDir(cleanup = CleanupMode.NEVER) Path given) throws Exception {
    folder = given;
    Files.createDirectory(folder.resolve("state"));
  }

  @AfterAll
  void remove() throws Exception {
    SandboxFiles.remove(folder);
  }

  private RebuildRequest request(String source, String toolchain, String root) throws Exception {
    // Packages for all architectures are no compiler's, and gzip's asks for a cross compiler.
    Input input = new Input.Archived(SourceRequest.parse(source), Optional.of(Binaries.ANY));
    RebuildRequest request =
        RealRequest.of(input, toolchain, root, folder, source + "-" + toolchain + "-" + root);
    // Its Makefile runs bison twice at once, and a fast compiler sees half a file.
    return source.equals("original-awk") ? RealRequest.serial(request) : request;
  }

  private static Map<String, Sha256> digests(RebuildResult.Built built) {
    return built.comparisons().stream()
        .map(Comparison::artifact)
        .collect(
            Collectors.toMap(
                artifact -> artifact.identity().toString(),
                BinaryArtifact::digest,
                (a, b) -> a,
                TreeMap::new));
  }

  /** The packages' own programs, told to do what they are for. */
  @ParameterizedTest
  @CsvSource(
      delimiterString = "=>",
      value = {
        "ed           => printf 'a\\nwhole\\n.\\n,p\\nQ\\n' | bin/ed -s => whole",
        "figlet       => usr/bin/figlet-figlet -d usr/share/figlet -f mini ok => _ |_",
        "bzip2        => printf whole | bin/bzip2 | bin/bzip2 -dc => whole",
        "hello        => usr/bin/hello --greeting=whole => whole",
        "original-awk => printf '6 7\\n' | usr/bin/original-awk '{ print \"=\" $1 * $2 }' => =42",
        "gzip         => printf whole | bin/gzip -9 | bin/gzip -dc => whole",
        "less         => printf whole | bin/less => whole",
      })
  void onePackageComesFromThreeRootsAndRuns(String source, String command, String said)
      throws Exception {
    List<RebuildResult.Built> results = new ArrayList<>();
    for (String root : List.of("gcc", "clang", "pcc")) {
      results.add(RealRequest.build(request(source, "tcc-ddc", root)));
    }
    Map<String, Sha256> first = digests(results.get(0));
    assertThat(first).isNotEmpty();
    for (RebuildResult.Built result : results) {
      assertThat(digests(result)).isEqualTo(first);
      assertThat(result.attempt().stage()).isEqualTo(results.get(0).attempt().stage()).isPresent();
      assertThat(result.comparisons())
          .allSatisfy(
              each -> {
                assertThat(each.artifact().identity().version().toString()).endsWith("+ddc");
                assertThat(each.agreement()).isEqualTo(Agreement.NOT_IN_ARCHIVE);
              });
    }
    assertThat(run(unpacked(source + "-tcc-ddc-gcc"), command)).contains(said);
  }

  /**
   * Natively: built again with everything varied, it is the same, or what varies it is named; what
   * fails says why in the log that its statement names.
   *
   * @param outcome {@code same}; {@code differs by} what makes it other bits; or {@code fails with}
   *     what the compiler or its linker says
   */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "ed           | gcc-12   | same",
        "ed           | clang-14 | same",
        "ed           | pcc      | same",
        "figlet       | gcc-12   | same",
        "figlet       | clang-14 | same",
        "figlet       | pcc      | same",
        "bzip2        | gcc-12   | same",
        "bzip2        | clang-14 | same",
        "bzip2        | pcc      | same",
        // Its --version prints the year in which it was configured, by the clock.
        "hello        | gcc-12   | differs by time",
        "hello        | clang-14 | differs by time",
        // An inline function of C99 is defined in every object that sees it.
        "hello        | pcc      | fails with multiple definition of `xcharalloc'",
        "original-awk | gcc-12   | same",
        "original-awk | clang-14 | same",
        "original-awk | pcc      | fails with cannot find 'stdnoreturn.h'",
        // Its configure sees that a file's time, which libfaketime leaves, is not the clock's.
        "gzip         | gcc-12   | differs by time",
        "gzip         | clang-14 | differs by time",
        "gzip         | pcc      | fails with multiple definition of `xnrealloc'",
      })
  void nativelyItIsTheSameTwiceOrTheReasonIsAttested(
      String source, String toolchain, String outcome) throws Exception {
    String root = toolchain.startsWith("clang") ? "clang" : "gcc";
    RebuildRequest request = RealRequest.varied(request(source, toolchain, root));
    RebuildResult result = RealRequest.run(request);
    RebuilderKey.create(request.out().resolve("key"), "somebody", Instant.now());
    SecretKey key = RebuilderKey.open(request.out().resolve("key"), Instant.now());
    RebuildStatement statement =
        new Attester(key, new SequenceNumbers(request.out().resolve("key")), Clock.systemUTC())
            .attest(request, result)
            .statement();
    byte[] log = Files.readAllBytes(request.out().resolve(Rebuild.BUILD_LOG));
    assertThat(statement.rebuild().byproducts())
        .anySatisfy(
            each -> {
              assertThat(each.name()).isEqualTo(Rebuild.BUILD_LOG);
              assertThat(each.digest()).isEqualTo(Sha256.of(log));
            });
    assertThat(outcome(result, statement, new String(log, StandardCharsets.UTF_8), outcome))
        .isEqualTo(outcome);
  }

  /** As the table has it; of what fails, the expected words if the log has them. */
  private static String outcome(
      RebuildResult result, RebuildStatement statement, String log, String expected) {
    if (result instanceof RebuildResult.Built built) {
      Findings findings = built.variation().orElseThrow();
      String culprits =
          findings.culprits().stream().map(Variation::toString).collect(Collectors.joining(", "));
      return findings.deterministic() ? "same" : "differs by " + culprits;
    }
    assertThat(statement).isInstanceOf(RebuildFailure.class);
    String words = expected.replaceFirst("^fails with ", "");
    return log.contains(words) ? "fails with " + words : log;
  }

  /** All packages of a rebuild, unpacked over each other. */
  private Path unpacked(String rebuild) throws Exception {
    Path tree = Files.createDirectory(folder.resolve(rebuild + ".tree"));
    run(
        folder.resolve(rebuild).resolve("artifacts"),
        "for deb in *.deb; do dpkg-deb --extract \"$deb\" '" + tree + "'; done");
    return tree;
  }

  private static String run(Path in, String command) throws Exception {
    ProcessBuilder builder = new ProcessBuilder("/bin/sh", "-euc", command);
    builder.directory(in.toFile()).redirectErrorStream(true);
    builder.environment().put("LD_LIBRARY_PATH", in.resolve("lib/x86_64-linux-gnu").toString());
    Process process = builder.start();
    process.getOutputStream().close();
    try (InputStream out = process.getInputStream()) {
      String said = new String(out.readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor()).as(said).isZero();
      return said;
    }
  }
}
