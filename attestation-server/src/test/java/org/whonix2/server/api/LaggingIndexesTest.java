package org.whonix2.server.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.whonix2.server.Answers.assertProblem;
import static org.whonix2.server.Answers.header;
import static org.whonix2.server.Answers.json;
import static org.whonix2.server.Answers.text;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.log.SignatureType;
import org.whonix2.server.NamedBlobs;
import org.whonix2.server.Samples;
import org.whonix2.server.TestDatabase;
import org.whonix2.server.TestLog;
import org.whonix2.server.blob.BlobLimits;
import org.whonix2.server.blob.Blobs;
import org.whonix2.server.cosigning.Cosigners;
import org.whonix2.server.sequencer.Publisher;
import org.whonix2.server.sequencer.Sequencer;
import org.whonix2.server.store.HeldIndexes;
import org.whonix2.server.store.LogEntry;
import org.whonix2.server.store.LogStore;
import org.whonix2.server.web.ListenAddress;
import org.whonix2.server.web.WebListener;

/** While the indexes do not know yet what is logged, nobody hears that there is none of it. */
class LaggingIndexesTest {
  private static final byte[] NAMED = "a build's log".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] UNNAMED = "another's log".getBytes(StandardCharsets.US_ASCII);
  private static final String XZ_UTILS = "/api/v1/packages/xz-utils";

  @TempDir Path folder;
  private HeldIndexes database;
  private LogStore store;
  private Cosigners nobody;
  private Sequencer sequencer;
  private Blobs blobs;
  private WebListener listener;
  private final ExecutorService asking = Executors.newCachedThreadPool();

  /** A server of which no part but these brings the indexes on. */
  @BeforeEach
  void start() throws Exception {
    Clock clock = Clock.systemUTC();
    database = new HeldIndexes(TestDatabase.open(folder));
    store = LogStore.open(database, LogApi.indexes(clock));
    nobody = new Cosigners(List.of(), Duration.ofSeconds(1), Duration.ofSeconds(1));
    Publisher publisher =
        Publisher.open(store, TestLog.key(TestLog.ORIGIN, SignatureType.ED25519), nobody);
    sequencer = new Sequencer(store, publisher, Duration.ofMinutes(10));
    sequencer.start();
    blobs = Blobs.open(folder, store, BlobLimits.STANDARD, clock);
    LogApi api = BareApi.of(store, publisher, sequencer, blobs);
    listener = WebListener.start("log", new ListenAddress("127.0.0.1", 0), api::register);
  }

  @AfterEach
  void stop() throws Exception {
    listener.close();
    blobs.close();
    sequencer.close();
    nobody.close();
    store.close();
    asking.shutdown();
  }

  /** They are in the tree that is published when this returns. */
  private void log(List<LogEntry> entries) throws Exception {
    for (LogEntry entry : entries) {
      assertThat(sequencer.submit(entry).orElseThrow().get().isNew()).isTrue();
    }
  }

  private HttpResponse<byte[]> get(String path) {
    return TestLog.send(HttpRequest.newBuilder(URI.create(listener.address() + path)));
  }

  private HttpResponse<byte[]> put(byte[] content) {
    URI uri = URI.create(listener.address() + "/api/v1/blobs/" + Sha256.of(content));
    return TestLog.send(
        HttpRequest.newBuilder(uri).PUT(HttpRequest.BodyPublishers.ofByteArray(content)));
  }

  /** Asks for all at once, as each answer takes as long as a question waits for the indexes. */
  private List<HttpResponse<byte[]>> getAll(String... paths) {
    List<CompletableFuture<HttpResponse<byte[]>>> answers =
        Stream.of(paths)
            .map(path -> CompletableFuture.supplyAsync(() -> get(path), asking))
            .toList();
    return answers.stream().map(CompletableFuture::join).toList();
  }

  private static void assertTryLater(HttpResponse<byte[]> answer, String why) {
    assertProblem(answer, 503, why);
    assertThat(header(answer, "Retry-After")).isEqualTo("5");
  }

  private static int items(HttpResponse<byte[]> answer, String name) {
    assertThat(answer.statusCode()).as(text(answer)).isEqualTo(200);
    return json(answer).path(name).size();
  }

  @Test
  void whatIsLoggedAndNotYetIndexedIsAskedForLater() throws Exception {
    List<LogEntry> entries = Samples.some();
    // Net-tools, and nothing of xz-utils.
    log(entries.subList(0, 3));
    assertThat(items(get("/api/v1/packages"), "packages")).isEqualTo(1);
    assertProblem(get(XZ_UTILS), 404, "xz-utils");
    database.hold(store);
    log(entries.subList(3, entries.size()));
    String[] logged = {
      XZ_UTILS, XZ_UTILS + "/5.4.1-1", "/api/v1/artifacts/" + Samples.digest(2),
    };
    String[] absent = {
      "/api/v1/packages/absent",
      XZ_UTILS + "/9",
      "/api/v1/packages/net-tools/9",
      "/api/v1/artifacts/" + Samples.digest(9),
    };
    for (String[] paths : List.of(logged, absent)) {
      getAll(paths).forEach(answer -> assertTryLater(answer, "only the first 3 "));
    }
    assertThat(database.release()).isEqualTo(entries.size());
    getAll(logged).forEach(answer -> assertThat(answer.statusCode()).isEqualTo(200));
    getAll(absent).forEach(answer -> assertProblem(answer, 404, ""));
  }

  @Test
  void whatIsIndexedIsAnsweredMeanwhileForTheTreeThatIsKnown() throws Exception {
    List<LogEntry> entries = new ArrayList<>(Samples.some());
    log(entries.subList(0, 3));
    assertThat(items(get("/api/v1/packages"), "packages")).isEqualTo(1);
    database.hold(store);
    log(entries.subList(3, entries.size()));
    String[] paths = {
      "/api/v1/packages",
      "/api/v1/packages/net-tools",
      "/api/v1/packages/net-tools/2.10-0.1+deb12u2",
      "/api/v1/artifacts/" + Samples.digest(1),
      "/api/v1/attestations?source=net-tools",
      "/api/v1/snapshots/bookworm",
    };
    List<Integer> before = new ArrayList<>();
    for (HttpResponse<byte[]> answer : getAll(paths)) {
      before.add(found(answer, 3));
    }
    assertThat(before).containsExactly(1, 1, 3, 2, 3, 0);
    assertThat(database.release()).isEqualTo(entries.size());
    List<Integer> after = new ArrayList<>();
    for (HttpResponse<byte[]> answer : getAll(paths)) {
      after.add(found(answer, entries.size()));
    }
    assertThat(after).containsExactly(3, 1, 4, 2, 4, 1);
  }

  /** How many items an answer lists that is for the tree of this size. */
  private static int found(HttpResponse<byte[]> answer, int size) {
    assertThat(answer.statusCode()).as(text(answer)).isEqualTo(200);
    JsonNode json = json(answer);
    assertThat(json.path("size").asInt()).isEqualTo(size);
    return Stream.of("packages", "versions", "attestations", "snapshots")
        .mapToInt(name -> json.path(name).size())
        .sum();
  }

  @Test
  void aBlobThatIsNamedButNotYetIndexedIsSentLater() throws Exception {
    assertProblem(put(NAMED), 404, "logged entry");
    database.hold(store);
    log(
        List.of(
            NamedBlobs.entry(
                NamedBlobs.attestation(
                    Samples.ALPHA, 1, List.of(new byte[] {1}), List.of(NAMED), new byte[] {2}),
                Samples.ALPHA)));
    assertTryLater(put(NAMED), "not known yet");
    // Whether anybody names it is what cannot be said.
    assertTryLater(put(UNNAMED), "not known yet");
    assertThat(database.release()).isEqualTo(1);
    HttpResponse<byte[]> stored = put(NAMED);
    assertThat(stored.statusCode()).as(text(stored)).isEqualTo(201);
    assertThat(get("/api/v1/blobs/" + Sha256.of(NAMED)).body()).isEqualTo(NAMED);
    assertProblem(put(UNNAMED), 404, "logged entry");
  }

  /** As one that lies there when the server starts, until it is known who names it. */
  @Test
  void aFileThatNobodyIsKnownToNameIsAskedForLater() throws Exception {
    String path = "/api/v1/blobs/" + Sha256.of(NAMED);
    log(List.of(NamedBlobs.entry(NamedBlobs.ofOther(Samples.ALPHA, 1, NAMED), Samples.ALPHA)));
    assertThat(put(NAMED).statusCode()).isEqualTo(201);
    database.hold(store);
    store.read("a test", handle -> handle.execute("delete from blob"));
    assertTryLater(get(path), "not known yet to be named");
    assertThat(put(NAMED).statusCode()).isEqualTo(201);
    assertThat(get(path).body()).isEqualTo(NAMED);
    assertThat(database.release()).isEqualTo(1);
  }
}
