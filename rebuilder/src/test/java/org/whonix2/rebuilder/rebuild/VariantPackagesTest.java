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
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
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
import org.whonix2.core.statement.RebuildFailure;
import org.whonix2.core.statement.RebuildStatement;
import org.whonix2.rebuilder.SandboxFiles;
import org.whonix2.rebuilder.apt.SourceRequest;
import org.whonix2.rebuilder.attest.Attester;
import org.whonix2.rebuilder.attest.RebuilderKey;
import org.whonix2.rebuilder.attest.SequenceNumbers;
import org.whonix2.rebuilder.input.Input;

/**
 * Debian's own sources by other compilers: one hash over the roots of the regenerated compiler, and
 * by each native compiler the same bits twice, or a failure with the compiler's message. Needs root
 * and the mirror.
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
    Input input = new Input.Archived(SourceRequest.parse(source));
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
      delimiter = '|',
      value = {
        "ed           | printf 'a\\nwhole\\n.\\n,p\\nQ\\n' | bin/ed -s                   | whole",
        "figlet       | usr/bin/figlet-figlet -d usr/share/figlet -f mini ok         | _ |_",
        "bzip2        | printf whole | bin/bzip2 | bin/bzip2 -dc                      | whole",
        "hello        | usr/bin/hello --greeting=whole                                | whole",
        "original-awk | printf '6 7\\n' | usr/bin/original-awk '{ print \"=\" $1 * $2 }' | =42",
        "gzip         | printf whole | bin/gzip -9 | bin/gzip -dc                      | whole",
        "less         | printf whole | bin/less                                      | whole",
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
   * Natively: built again with everything varied, it is the same; what fails says why in the log
   * that its statement names.
   *
   * @param message of the compiler, where the source is none for it
   */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "ed           | gcc-12   |",
        "ed           | clang-14 |",
        "ed           | pcc      |",
        "figlet       | gcc-12   |",
        "figlet       | clang-14 |",
        "figlet       | pcc      |",
        "bzip2        | gcc-12   |",
        "bzip2        | clang-14 |",
        "bzip2        | pcc      |",
        "hello        | gcc-12   |",
        "hello        | clang-14 |",
        "hello        | pcc      |",
        "original-awk | gcc-12   |",
        "original-awk | clang-14 |",
        "original-awk | pcc      |",
        "gzip         | gcc-12   |",
        "gzip         | clang-14 |",
        "gzip         | pcc      |",
      })
  void nativelyItIsTheSameTwiceOrFailsWithTheCompilersMessage(
      String source, String toolchain, @Nullable String message) throws Exception {
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
    if (message == null) {
      assertThat(result)
          .as(new String(log, StandardCharsets.UTF_8))
          .isInstanceOf(RebuildResult.Built.class);
      assertThat(((RebuildResult.Built) result).variation().orElseThrow().deterministic()).isTrue();
    } else {
      assertThat(statement).isInstanceOf(RebuildFailure.class);
      assertThat(new String(log, StandardCharsets.UTF_8)).containsPattern(message);
    }
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
