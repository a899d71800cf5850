package org.whonix2.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.whonix2.core.artifact.Architecture;
import org.whonix2.core.artifact.BinaryArtifact;
import org.whonix2.core.artifact.PackageIdentity;
import org.whonix2.core.artifact.PackageName;
import org.whonix2.core.artifact.PackageVersion;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.dsse.Envelope;
import org.whonix2.core.log.SignatureType;
import org.whonix2.core.log.SigningKey;
import org.whonix2.core.openpgp.SecretKey;
import org.whonix2.core.statement.Binaries;
import org.whonix2.core.statement.Byproduct;
import org.whonix2.core.statement.Platform;
import org.whonix2.core.statement.Rebuild;
import org.whonix2.core.statement.RebuildAttestation;
import org.whonix2.core.statement.SourcePackage;
import org.whonix2.core.statement.Statement;
import org.whonix2.core.statement.Toolchain;
import org.whonix2.rebuilder.cli.RebuilderProgram;
import org.whonix2.server.cli.ServerProgram;
import org.whonix2.server.store.H2Database;
import org.whonix2.server.store.LogEntry;
import org.whonix2.server.store.LogStore;

/** The rebuilder's program brings the files of a logged rebuild to the server's program. */
@Timeout(600)
class PublishedFilesTest {
  private static final Instant MADE = Instant.parse("2026-11-01T00:00:00Z");

  @TempDir Path folder;
  private final HttpClient http = HttpClient.newHttpClient();
  private final Map<String, byte[]> files = new TreeMap<>();
  private Path out;
  private Process server;
  private String address = "";

  @BeforeEach
  void aRebuildThatIsLoggedAndAServer() throws Exception {
    out = Files.createDirectories(folder.resolve("out").resolve("artifacts")).getParent();
    for (String name :
        List.of("build.log", "diffoscope.txt", "x_1_amd64.buildinfo", "artifacts/x_1_amd64.deb")) {
      byte[] content = new byte[name.endsWith(".deb") ? 3_000_000 : 2_000];
      new Random(name.hashCode()).nextBytes(content);
      files.put(name, content);
      Files.write(out.resolve(name), content);
    }
    SecretKey rebuilder = SecretKey.generate("alpha", MADE, Duration.ofDays(10_000));
    RebuildAttestation statement = attestation(rebuilder);
    Envelope envelope =
        Envelope.sign(Statement.PAYLOAD_TYPE, statement.toJson(), rebuilder, MADE.plusSeconds(60));
    Files.write(out.resolve("attestation.json"), envelope.toBytes());
    Path state = folder.resolve("log");
    try (LogStore store = LogStore.open(H2Database.open(state), List.of())) {
      LogEntry entry = LogEntry.of(envelope, rebuilder.certificate().fingerprint(), statement);
      assertThat(store.append(store.head(), List.of(entry))).isPresent();
    }
    SigningKey log =
        SigningKey.generate("log.example.org", SignatureType.ED25519, new SecureRandom());
    Files.writeString(folder.resolve("log.key"), log.format() + "\n");
    server =
        program(
            ServerProgram.class,
            List.of(
                "serve",
                "--listen",
                "127.0.0.1:0",
                "--state",
                state.toString(),
                "--key",
                folder.resolve("log.key").toString()));
    BufferedReader said = server.inputReader(StandardCharsets.UTF_8);
    address = String.valueOf(said.readLine());
    assertThat(address).startsWith("http://");
  }

  @AfterEach
  void stop() {
    server.destroyForcibly();
  }

  private Sha256 digest(String name) {
    return Sha256.of(files.get(name));
  }

  private RebuildAttestation attestation(SecretKey rebuilder) {
    PackageName name = new PackageName("xx");
    PackageVersion version = new PackageVersion("1");
    Architecture architecture = new Architecture("amd64");
    Sha256 nothing = Sha256.of(new byte[0]);
    return new RebuildAttestation(
        new Rebuild(
            new SourcePackage(name, version, nothing),
            Optional.empty(),
            Optional.empty(),
            "bookworm",
            architecture,
            new Toolchain("gcc-12", nothing),
            "",
            Binaries.BINARY,
            "gcc",
            Optional.empty(),
            new Platform("amd64", false, "AMD", "EPYC", "linux", "6.1.0", "Debian 12"),
            nothing,
            "whonix2-rebuilder",
            1,
            rebuilder.certificate().fingerprint(),
            MADE,
            MADE,
            List.of(
                new Byproduct("build.log", "text/plain", digest("build.log")),
                new Byproduct("diffoscope.txt", "text/plain", digest("diffoscope.txt")))),
        List.of(
            new BinaryArtifact(
                new PackageIdentity(name, version, architecture),
                digest("artifacts/x_1_amd64.deb"),
                3_000_000)),
        digest("x_1_amd64.buildinfo"));
  }

  private static Process program(Class<?> program, List<String> arguments) throws IOException {
    List<String> line =
        new ArrayList<>(
            List.of(
                ProcessHandle.current().info().command().orElse("java"),
                "-cp",
                System.getProperty("java.class.path"),
                program.getName()));
    line.addAll(arguments);
    return new ProcessBuilder(line).redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }

  private String publish(String... options) throws Exception {
    List<String> arguments =
        new ArrayList<>(List.of("publish", out.toString(), "--to", address, "--json"));
    arguments.addAll(List.of(options));
    Process process = program(RebuilderProgram.class, arguments);
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isZero();
    return said;
  }

  private HttpResponse<byte[]> get(String name) throws Exception {
    return http.send(
        HttpRequest.newBuilder(URI.create(address + "/api/v1/blobs/" + digest(name))).build(),
        HttpResponse.BodyHandlers.ofByteArray());
  }

  @Test
  void theLogHasTheFilesAfterwards() throws Exception {
    assertThat(publish()).contains("\"index\":0", "\"filesSent\":3", "\"filesPresent\":0");
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      HttpResponse<byte[]> answer = get(file.getKey());
      if (file.getKey().endsWith(".deb")) {
        assertThat(answer.statusCode()).isEqualTo(404);
      } else {
        assertThat(answer.body()).isEqualTo(file.getValue());
      }
    }
    assertThat(publish("--artifacts")).contains("\"filesSent\":1", "\"filesPresent\":3");
    assertThat(get("artifacts/x_1_amd64.deb").body())
        .isEqualTo(files.get("artifacts/x_1_amd64.deb"));
    assertThat(publish("--artifacts")).contains("\"filesSent\":0", "\"filesPresent\":4");
  }
}
