package org.whonix2.server.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.whonix2.server.Attestations;
import org.whonix2.server.store.H2Database;
import org.whonix2.server.store.LogStore;
import org.whonix2.server.store.StoreException;

/**
 * A real server on H2, one of whose syncs fails. All that come after succeed, as Linux takes what
 * it could not write for written.
 */
class FailedSyncTest {
  @TempDir Path folder;
  private final Load load = new Load();
  private Deployment deployment;

  @BeforeEach
  void start() throws Exception {
    deployment = new Deployment(folder, List.of());
  }

  @AfterEach
  void stop() {
    load.close();
    deployment.close();
  }

  @Test
  void afterOneNothingIsSignedServedOrAnswered() throws Exception {
    // Of each thread one fails; what begins the log needs fewer.
    ServerProcess server =
        deployment.startServer(
            List.of(
                "strace",
                "-f",
                "-qq",
                "--seccomp-bpf",
                "-o",
                folder.resolve("trace").toString(),
                "-e",
                "trace=fsync,fdatasync",
                "-e",
                "inject=fsync,fdatasync:error=EIO:when=30"));
    load.start(2, server::address);
    load.awaitMore(3);
    Instant giveUp = Instant.now().plusSeconds(60);
    while (isHealthy(server)) {
      assertThat(Instant.now()).as("a sync fails").isBefore(giveUp);
      Thread.sleep(20);
    }
    for (int sequence = 1_000_000; sequence < 1_000_005; sequence++) {
      assertThat(submit(server, Attestations.signed(Deployment.REBUILDER, sequence)))
          .isGreaterThanOrEqualTo(500);
      assertThat(isHealthy(server)).isFalse();
      assertThatThrownBy(() -> Deployment.get(server.address(), "/checkpoint"))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("status 5");
      Thread.sleep(200);
    }
    server.kill();
    assertThat(Files.readString(folder.resolve("trace")).split("INJECTED", 2)[1])
        .as("syncs after it, which would succeed")
        .doesNotContain("sync(");
    assertThatThrownBy(() -> LogStore.open(H2Database.open(folder.resolve("log")), List.of()))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("restart the machine");
  }

  private static int submit(ServerProcess server, byte[] envelope) throws Exception {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create(server.address() + "/api/v1/attestations"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(envelope))
                .build(),
            HttpResponse.BodyHandlers.discarding())
        .statusCode();
  }

  private static boolean isHealthy(ServerProcess server) {
    try {
      Deployment.get(server.address(), "/health");
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
