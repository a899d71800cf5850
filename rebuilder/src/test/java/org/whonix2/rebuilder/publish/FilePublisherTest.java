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
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
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
  private final Told progress = new Told();
  private final List<Duration> slept = new ArrayList<>();
  private boolean interrupted;
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
    return new FilePublisher(address, http, progress, new Patience(this::sleep))
        .send(files, folder);
  }

  private void sleep(Duration time) throws InterruptedException {
    if (interrupted) {
      throw new InterruptedException();
    }
    slept.add(time);
  }

  /** What is told, in its order. */
  private static final class Told implements Progress {
    private final List<String> phases = new ArrayList<>();
    private long steps;

    @Override
    public void phase(String what) {
      phases.add(what);
    }

    @Override
    public void phase(String what, long steps) {
      phases.add(what);
      this.steps = steps;
    }

    @Override
    public void advance(long steps) {
      this.steps -= steps;
    }

    @Override
    public void done() {}
  }

  private static List<Duration> seconds(long... all) {
    return LongStream.of(all).mapToObj(Duration::ofSeconds).toList();
  }

  private long tries(int file) {
    String put = "PUT " + digest(file).substring(0, 4);
    return blobs.asked.stream().filter(put::equals).count();
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

  @ParameterizedTest
  @ValueSource(ints = {429, 503})
  void whoSaysWhenToComeAgainIsAskedThen(int status) throws Exception {
    blobs.later.put(digest(1), new BlobServer.Later(status, "5", 2));
    blobs.later.put(digest(2), new BlobServer.Later(status, "0", 1));
    assertThat(send()).isEqualTo(new FilePublisher.Sent(3, 0));
    assertThat(slept).isEqualTo(seconds(5, 5, 1));
    assertThat(blobs.kept).containsOnlyKeys(digest(0), digest(1), digest(2));
    assertThat(progress.phases)
        .containsExactly(
            "sending files",
            "waiting 5 s, as the server asks, before try 2 of 6 with x.buildinfo",
            "sending files",
            "waiting 5 s, as the server asks, before try 3 of 6 with x.buildinfo",
            "sending files",
            "waiting 1 s, as the server asks, before try 2 of 6 with diffoscope.txt",
            "sending files");
    assertThat(progress.steps).as("all of the bytes that were left").isZero();
  }

  @ParameterizedTest
  @CsvSource({"503, soon", "503, ''", "404, 5", "500, 5", "507, 5", "503, 181", "429, 999999999"})
  void otherAnswersAreTheLast(int status, String retryAfter) {
    blobs.later.put(digest(0), new BlobServer.Later(status, retryAfter, 9));
    CommandException refusal = catchThrowableOfType(CommandException.class, this::send);
    assertThat(refusal).hasMessageContaining("1 of 3 files").hasMessageEndingWith("" + status);
    assertThat(slept).isEmpty();
    assertThat(tries(0)).isEqualTo(1);
    assertThat(blobs.kept).containsOnlyKeys(digest(1), digest(2));
  }

  @Test
  void oneThatIsNeverTakenIsTriedSixTimes() {
    blobs.later.put(digest(0), new BlobServer.Later(503, "5", 99));
    CommandException refusal = catchThrowableOfType(CommandException.class, this::send);
    assertThat(refusal)
        .hasMessage("1 of 3 files were not sent: build.log: status 503, at the last of 6 tries");
    assertThat(refusal.exitCode()).isEqualTo(ExitCode.OUTSIDE_FAILED);
    assertThat(refusal.hint()).contains("publish " + folder + " --to http://");
    assertThat(slept).isEqualTo(seconds(5, 5, 5, 5, 5));
    assertThat(tries(0)).isEqualTo(6);
    assertThat(blobs.kept).containsOnlyKeys(digest(1), digest(2));
  }

  @Test
  void allPausesTogetherHaveAnEnd() {
    for (NamedFile file : files) {
      blobs.later.put(file.digest().toString(), new BlobServer.Later(503, "50", 99));
    }
    CommandException refusal = catchThrowableOfType(CommandException.class, this::send);
    assertThat(refusal).hasMessageContaining("3 of 3 files");
    // A fourth would be the end of more than three minutes.
    assertThat(slept).isEqualTo(seconds(50, 50, 50));
    assertThat(List.of(tries(0), tries(1), tries(2))).containsExactly(4L, 1L, 1L);
  }

  @Test
  void whoIsInterruptedMeanwhileHearsWhatSendsTheRest() {
    blobs.later.put(digest(0), new BlobServer.Later(503, "5", 99));
    interrupted = true;
    CommandException failure = catchThrowableOfType(CommandException.class, this::send);
    assertThat(Thread.interrupted()).isTrue();
    assertThat(failure).hasMessageContaining("build.log: interrupted");
    assertThat(failure.hint()).contains("publish " + folder + " --to http://");
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
