package org.whonix2.rebuilder.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.whonix2.core.digest.Sha256;
import org.whonix2.io.cli.CommandException;
import org.whonix2.io.cli.ExitCode;
import org.whonix2.io.http.HttpDeadlines;
import org.whonix2.io.http.HttpTransport;
import org.whonix2.io.progress.Progress;

/** Files on their way to the log, over real HTTP. */
class FilePublisherTest {
  @TempDir Path folder;
  private final BlobServer blobs = new BlobServer();
  private final List<NamedFile> files = new ArrayList<>();
  private final HttpTransport http =
      new HttpTransport(new HttpDeadlines(Duration.ofSeconds(5), Duration.ofSeconds(10)));
  private HttpServer server;

  @BeforeEach
  void aServerAndFiles() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    blobs.register(server, "/log");
    server.start();
    for (String name : List.of("build.log", "x.buildinfo", "diffoscope.txt")) {
      byte[] content = (name + " ").repeat(20_000).getBytes(StandardCharsets.UTF_8);
      files.add(new NamedFile(Files.write(folder.resolve(name), content), Sha256.of(content)));
    }
  }

  @AfterEach
  void stop() {
    http.close();
    server.stop(0);
  }

  private FilePublisher.Sent send() throws IOException, CommandException {
    URI address = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/log/");
    return new FilePublisher(address, http, Progress.silent()).send(files, folder);
  }

  private String digest(int number) {
    return files.get(number).digest().toString();
  }

  @Test
  void whatTheServerLacksIsSentOnce() throws Exception {
    assertThat(send()).isEqualTo(new FilePublisher.Sent(3, 0));
    for (NamedFile file : files) {
      assertThat(blobs.kept.get(file.digest().toString()))
          .isEqualTo(Files.readAllBytes(file.file()));
    }
    blobs.kept.remove(digest(1));
    blobs.asked.clear();
    assertThat(send()).isEqualTo(new FilePublisher.Sent(1, 2));
    assertThat(blobs.asked)
        .containsExactly(
            "HEAD " + digest(0).substring(0, 4),
            "HEAD " + digest(1).substring(0, 4),
            "PUT " + digest(1).substring(0, 4),
            "HEAD " + digest(2).substring(0, 4));
  }

  @ParameterizedTest
  @CsvSource({
    "404, OUTSIDE_FAILED",
    "410, REFUSED",
    "413, REFUSED",
    "422, OUTSIDE_FAILED",
    "503, OUTSIDE_FAILED",
    "507, REFUSED"
  })
  void oneThatIsNotTakenKeepsNoOtherBack(int status, ExitCode exitCode) {
    blobs.refused.put(digest(0), status);
    CommandException refusal = catchThrowableOfType(CommandException.class, this::send);
    assertThat(refusal)
        .hasMessageContainingAll("1 of 3 files", "build.log", String.valueOf(status), "'why'");
    assertThat(refusal.exitCode()).isEqualTo(exitCode);
    assertThat(refusal.hint()).contains("in the log", "publish " + folder + " --to http://");
    assertThat(blobs.kept).containsOnlyKeys(digest(1), digest(2));
  }

  @Test
  void theHintSendsThePackagesThatWereToBeSent() throws Exception {
    Path deb = Files.createDirectory(folder.resolve("artifacts")).resolve("x_1_amd64.deb");
    byte[] content = "a package".getBytes(StandardCharsets.UTF_8);
    files.add(new NamedFile(Files.write(deb, content), Sha256.of(content)));
    blobs.refused.put(digest(3), 503);
    CommandException refusal = catchThrowableOfType(CommandException.class, this::send);
    assertThat(refusal.hint()).endsWith(" --artifacts");
  }

  @Test
  void aFileThatChangedMeanwhileIsNotTaken() throws Exception {
    Files.writeString(files.get(2).file(), "other");
    CommandException refusal = catchThrowableOfType(CommandException.class, this::send);
    assertThat(refusal).hasMessageContainingAll("diffoscope.txt", "422");
    assertThat(blobs.kept).containsOnlyKeys(digest(0), digest(1));
  }

  @Test
  void aServerThatIsAwayIsAnOutsideFailure() {
    server.stop(0);
    CommandException failure = catchThrowableOfType(CommandException.class, this::send);
    assertThat(failure).hasMessageContaining("3 of 3 files");
    assertThat(failure.exitCode()).isEqualTo(ExitCode.OUTSIDE_FAILED);
  }
}
