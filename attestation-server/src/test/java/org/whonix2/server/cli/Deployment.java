package org.whonix2.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.whonix2.core.log.FollowOutcome;
import org.whonix2.core.log.Follower;
import org.whonix2.core.log.LogFetcher;
import org.whonix2.core.log.LogState;
import org.whonix2.core.log.PastRoots;
import org.whonix2.core.log.TilePath;
import org.whonix2.core.log.TrustedLog;
import org.whonix2.core.log.VerifierKey;
import org.whonix2.core.log.Witness;
import org.whonix2.core.log.WitnessQuorum;
import org.whonix2.core.openpgp.SecretKey;
import org.whonix2.server.Attestations;

/** A log with a witness, and a rebuilder on its roster, each server a process of its own. */
final class Deployment implements AutoCloseable {
  static final SecretKey REBUILDER = Attestations.rebuilder("alpha");

  private static final HttpClient HTTP = HttpClient.newHttpClient();

  /** It verifies every signature of the log: heavy tests make 100,000 of them. */
  private static final Duration CHECKING = Duration.ofMinutes(10);

  private final Path folder;
  private final List<String> database;
  private final String logKey;
  private final String witnessKey;
  private final List<ServerProcess> servers = new ArrayList<>();
  private ServerProcess witness;
  private boolean admitted;

  /**
   * @param database what {@code serve} is told about it
   */
  Deployment(Path folder, List<String> database) throws IOException, InterruptedException {
    this.folder = folder;
    this.database = List.copyOf(database);
    this.logKey = made("keygen", "--name", "log.example.org", "--out", "log.key");
    this.witnessKey = made("keygen", "--witness", "--name", "w1", "--out", "w1.key");
    Files.writeString(folder.resolve("alpha.asc"), REBUILDER.certificate().toArmored());
    made("keygen", "--operator", "operator", "--out", "operator");
    this.witness = startWitness();
  }

  private String made(String... arguments) throws IOException, InterruptedException {
    ServerProcess.Ended ended = ServerProcess.run(folder, List.of(arguments));
    assertThat(ended.exitCode()).as(ended.err()).isZero();
    return ended.out().strip();
  }

  private ServerProcess startWitness() throws IOException {
    return ServerProcess.start(
        folder,
        List.of(
            "witness",
            "--listen",
            "127.0.0.1:0",
            "--state",
            "w1",
            "--key",
            "w1.key",
            "--log",
            logKey));
  }

  /** The witness's process is killed. */
  void killWitness() throws InterruptedException {
    witness.kill();
  }

  /** It is started again, elsewhere: servers started from now on ask it there. */
  void restartWitness() throws IOException {
    witness = startWitness();
  }

  ServerProcess startServer() throws IOException, InterruptedException {
    return startServer(List.of());
  }

  /**
   * @param tracer the program, with its arguments, that runs the server; none if empty
   */
  ServerProcess startServer(List<String> tracer) throws IOException, InterruptedException {
    List<String> line =
        new ArrayList<>(
            List.of("serve", "--listen", "127.0.0.1:0", "--state", "log", "--key", "log.key"));
    line.addAll(
        List.of("--operator", "operator/certificate.asc", "--signer-rate", "60000:1000000"));
    line.addAll(List.of("--witness", witness.address() + "," + witnessKey));
    line.addAll(database);
    ServerProcess server = ServerProcess.start(folder, tracer, line);
    servers.add(server);
    admit(server);
    return server;
  }

  /** Puts the rebuilder on the roster, by the first server that runs. */
  private synchronized void admit(ServerProcess server) throws IOException, InterruptedException {
    if (!admitted) {
      String add = "roster add --server " + server.address() + " --key operator";
      made((add + " --name alpha alpha.asc").split(" ", -1));
      admitted = true;
    }
  }

  /** Runs {@code check}, which must find nothing wrong; its output. */
  String check() throws Exception {
    List<String> line = new ArrayList<>(List.of("check", "--state", "log", "--log", logKey));
    line.addAll(List.of("--witness", witnessKey, "--operator", "operator/certificate.asc"));
    line.addAll(database);
    ServerProcess.Ended ended = ServerProcess.run(folder, CHECKING, line);
    assertThat(ended.exitCode()).as(ended.err()).isZero();
    return ended.out();
  }

  /** The log's public key. */
  VerifierKey logKey() throws Exception {
    return VerifierKey.parse(logKey);
  }

  static byte[] get(String address, String path) throws IOException {
    try {
      HttpResponse<byte[]> answer =
          HTTP.send(
              HttpRequest.newBuilder(URI.create(address + path))
                  .timeout(Duration.ofSeconds(60))
                  .build(),
              HttpResponse.BodyHandlers.ofByteArray());
      if (answer.statusCode() != 200) {
        throw new IOException(path + ": status " + answer.statusCode());
      }
      return answer.body();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Follows as a box does, from what it kept: only a tree that begins with that is taken. */
  LogState follow(String address, LogState kept) throws Exception {
    LogFetcher fetcher =
        new LogFetcher() {
          @Override
          public byte[] checkpoint() throws IOException {
            return get(address, "/checkpoint");
          }

          @Override
          public byte[] entries(long bundle, int width) throws IOException {
            return get(address, "/" + TilePath.entries(bundle, width));
          }
        };
    WitnessQuorum quorum =
        new WitnessQuorum(1, List.of(new Witness("w1", "w1", VerifierKey.parse(witnessKey))));
    Follower follower = new Follower(TrustedLog.of(logKey()), quorum);
    PastRoots past =
        size -> {
          throw new AssertionError("the log went back to " + size);
        };
    FollowOutcome outcome =
        follower.follow(kept, past, fetcher, (index, entry) -> {}, Instant.now());
    Instant giveUp = Instant.now().plusSeconds(40);
    while (outcome instanceof FollowOutcome.NotWitnessed && Instant.now().isBefore(giveUp)) {
      // The server asks its witness once it listens.
      Thread.sleep(100);
      outcome = follower.follow(kept, past, fetcher, (index, entry) -> {}, Instant.now());
    }
    if (outcome instanceof FollowOutcome.Unchanged unchanged) {
      return unchanged.state();
    }
    assertThat(outcome).as(outcome.explain()).isInstanceOf(FollowOutcome.Advanced.class);
    return ((FollowOutcome.Advanced) outcome).state();
  }

  @Override
  public void close() {
    servers.forEach(ServerProcess::close);
    witness.close();
  }
}
