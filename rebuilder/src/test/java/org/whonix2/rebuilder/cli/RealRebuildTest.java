package org.whonix2.rebuilder.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.dsse.Envelope;
import org.whonix2.core.statement.Byproduct;
import org.whonix2.core.statement.RebuildAttestation;
import org.whonix2.core.statement.RebuildFailure;
import org.whonix2.core.statement.RebuildStatement;
import org.whonix2.core.statement.Statement;
import org.whonix2.rebuilder.attest.RebuilderKey;

/**
 * The real program on a source of the archive that gives other bits than the archive's. Needs root,
 * a mirror and diffoscope-minimal.
 */
@Tag("heavy")
@Timeout(900)
class RealRebuildTest {
  @TempDir Path folder;
  private Path out;

  @BeforeEach
  void aKey() throws Exception {
    out = folder.resolve("out");
    RebuilderKey.create(folder.resolve("key"), "alpha", Clock.systemUTC().instant());
  }

  private JsonNode rebuild(int exitCode, String... options) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                RebuilderProgram.class.getName(),
                "rebuild",
                "hostname",
                "--json",
                "--key",
                folder.resolve("key").toString(),
                "--out",
                out.toString(),
                "--state",
                folder.resolve("state").toString()));
    command.addAll(List.of(options));
    Path errors = folder.resolve("errors");
    Process program = new ProcessBuilder(command).redirectError(errors.toFile()).start();
    String said = new String(program.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(program.waitFor()).as(said + Files.readString(errors)).isEqualTo(exitCode);
    return new ObjectMapper().readTree(said);
  }

  private RebuildStatement attested() throws Exception {
    Envelope envelope = Envelope.parse(Files.readAllBytes(out.resolve("attestation.json")));
    return (RebuildStatement) Statement.parse(envelope.payloadType(), envelope.payload());
  }

  /** Its code is the archive's; the compiler that wrote its debug information is a later one. */
  @Test
  void hostnameDiffersInBuildIdAndDebugLinkOnlyAndIsInconclusive() throws Exception {
    JsonNode result = rebuild(0);
    JsonNode hostname = result.path("artifacts").path(1);
    assertThat(hostname.path("name").asText()).isEqualTo("hostname");
    assertThat(hostname.path("comparison").asText()).isEqualTo("inconclusive");
    assertThat(hostname.path("difference").asText()).isEqualTo("build-id");
    assertThat(result.path("artifacts").path(0).path("comparison").asText())
        .as("its debug symbols")
        .isEqualTo("not in archive");
    byte[] report = Files.readAllBytes(out.resolve("diffoscope.txt"));
    assertThat(new String(report, StandardCharsets.UTF_8))
        .contains("differs only in build id and debug link: it stays inconclusive")
        .contains("NT_GNU_BUILD_ID", ".gnu_debuglink", "./bin/hostname")
        .doesNotContain("the result is the same");
    assertThat(attested()).isInstanceOf(RebuildAttestation.class);
    assertThat(attested().rebuild().byproducts())
        .contains(new Byproduct("diffoscope.txt", "text/plain", Sha256.of(report)));
  }

  @Test
  void aBuildThatRunsIntoItsTimeLimitIsAttestedAsAFailure() throws Exception {
    JsonNode result = rebuild(1, "--time-limit", "1s");
    assertThat(result.path("result").asText()).isEqualTo("failed");
    assertThat(result.path("attestation").path("sequence").asLong()).isEqualTo(1);
    assertThat(attested()).isInstanceOf(RebuildFailure.class);
    assertThat(((RebuildFailure) attested()).reason()).isEqualTo("timeout");
    assertThat(attested().rebuild().source().name()).hasToString("hostname");
    assertThat(attested().rebuild().byproducts())
        .extracting(Byproduct::name)
        .containsExactly("build.log");
  }
}
