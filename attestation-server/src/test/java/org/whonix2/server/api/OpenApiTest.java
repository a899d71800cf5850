package org.whonix2.server.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.whonix2.server.Answers.header;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.javalin.Javalin;
import java.io.InputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.whonix2.core.log.SignatureType;
import org.whonix2.server.Answers;
import org.whonix2.server.Samples;
import org.whonix2.server.TestDatabase;
import org.whonix2.server.TestLog;
import org.whonix2.server.blob.BlobLimits;
import org.whonix2.server.blob.Blobs;
import org.whonix2.server.cosigning.Cosigners;
import org.whonix2.server.sequencer.Publisher;
import org.whonix2.server.sequencer.Sequencer;
import org.whonix2.server.store.LogEntry;
import org.whonix2.server.store.LogStore;
import org.whonix2.server.web.ListenAddress;
import org.whonix2.server.web.WebListener;

/** The document that the server serves, held against the server that serves it. */
class OpenApiTest {
  /**
   * What other tests here, {@link BlobTest}, {@link RateLimitTest} and {@link SubmitCosignedTest}
   * show.
   */
  private static final Set<String> SHOWN_ELSEWHERE =
      Set.of(
          "GET /health 503",
          "POST /api/v1/attestations 408",
          "POST /api/v1/attestations 429",
          "POST /api/v1/attestations 503",
          "POST /api/v1/attestations 504",
          "GET /api/v1/blobs/{sha256} 206",
          "GET /api/v1/blobs/{sha256} 416",
          "GET /api/v1/blobs/{sha256} 503",
          "PUT /api/v1/blobs/{sha256} 408",
          "PUT /api/v1/blobs/{sha256} 410",
          "PUT /api/v1/blobs/{sha256} 411",
          "PUT /api/v1/blobs/{sha256} 413",
          "PUT /api/v1/blobs/{sha256} 503",
          "PUT /api/v1/blobs/{sha256} 507");

  /** As many bodies as this may arrive at a time, each within fifteen seconds. */
  private static final int SLOW = 512;

  private static final byte[] BROKEN = "{}".getBytes(StandardCharsets.UTF_8);

  @TempDir static Path folder;
  private static TestLog log;
  private static OpenApiDocument document;

  @BeforeAll
  static void start() throws Exception {
    List<LogEntry> entries = new ArrayList<>(Samples.some());
    Samples.by(Samples.ALPHA, entries).snapshot("bookworm/updates", 1).snapshot("bookworm", 2);
    Samples.fill(folder.resolve("log"), entries);
    log = new TestLog(folder);
    document = OpenApiDocument.parse(Answers.text(log.get("/openapi.yaml")));
  }

  @AfterAll
  static void stop() throws Exception {
    log.close();
  }

  @Test
  void itIsServedAsYaml() {
    HttpResponse<byte[]> answer = log.get("/openapi.yaml");
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(header(answer, "Content-Type")).isEqualTo("application/yaml");
  }

  @Test
  void itIsAnOpenApiDocument() throws Exception {
    JsonNode specification;
    try (InputStream in =
        OpenApiTest.class.getResourceAsStream("/vectors/third-party/openapi/schema-3.1.yaml")) {
      specification =
          OpenApiDocument.readYaml(
              new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8));
    }
    JsonNode root = document.root();
    assertThat(OpenApiDocument.complaints(specification, root)).isEmpty();
    JsonNode schema =
        new ObjectMapper().readTree("{\"$ref\": \"https://json-schema.org/draft/2020-12/schema\"}");
    List<JsonNode> schemas = root.findValues("schema");
    root.path("components").path("schemas").forEach(schemas::add);
    for (JsonNode each : schemas) {
      assertThat(OpenApiDocument.complaints(schema, each)).as("%s", each).isEmpty();
      // It has no keyword that nobody knows: then this would throw.
      assertThatCode(() -> document.validate(each, root)).doesNotThrowAnyException();
    }
    for (JsonNode reference : root.findValues("$ref")) {
      assertThat(root.at(reference.asText().substring(1)).isMissingNode())
          .as("%s", reference)
          .isFalse();
    }
    // That the two can complain.
    ObjectNode broken = root.deepCopy();
    ((ObjectNode) broken.at("/paths/~1checkpoint/get/responses/200")).remove("description");
    assertThat(OpenApiDocument.complaints(specification, broken)).isNotEmpty();
    assertThat(
            OpenApiDocument.complaints(schema, new ObjectMapper().readTree("{\"type\": \"text\"}")))
        .isNotEmpty();
    ObjectNode slip = new ObjectMapper().createObjectNode().put("and where.", true);
    assertThatThrownBy(() -> document.validate(slip, root)).hasMessageContaining("and where.");
  }

  private static Set<String> served() throws Exception {
    Set<String> served = new TreeSet<>();
    try (Unstarted unstarted = new Unstarted(folder.resolve("unstarted"))) {
      Javalin.create(
          config -> {
            config.events.handlerAdded(
                handler ->
                    served.add(
                        handler.getHttpMethod().name()
                            + " "
                            + handler.getPath().replace('<', '{').replace('>', '}')));
            unstarted.api.register(config.routes);
          });
    }
    return served;
  }

  @Test
  void itDescribesExactlyTheRoutesServed() throws Exception {
    Set<String> described = new TreeSet<>(document.operations());
    assertThat(described).hasSizeGreaterThan(12);
    // Described once for all of them.
    document.operations().stream()
        .filter(operation -> operation.startsWith("GET "))
        .forEach(operation -> described.add(operation.replace("GET ", "HEAD ")));
    assertThat(served()).isEqualTo(described);
  }

  /** A log that takes no entries: nothing has started it. */
  private static final class Unstarted implements AutoCloseable {
    private final LogStore store;
    private final Cosigners nobody =
        new Cosigners(List.of(), Duration.ofSeconds(1), Duration.ofSeconds(1));
    private final Blobs blobs;
    private final LogApi api;

    Unstarted(Path state) throws Exception {
      store = LogStore.open(TestDatabase.open(state), List.of());
      Publisher publisher =
          Publisher.open(store, TestLog.key(TestLog.ORIGIN, SignatureType.ED25519), nobody);
      Sequencer sequencer = new Sequencer(store, publisher, Duration.ofMinutes(1));
      blobs = Blobs.open(state, store, BlobLimits.STANDARD, Clock.systemUTC());
      api = BareApi.of(store, publisher, sequencer, blobs);
    }

    @Override
    public void close() {
      blobs.close();
      nobody.close();
      store.close();
    }
  }

  @Test
  void everyAnswerIsOneThatIsDescribedAndEveryDescribedOneIsSeen() throws Exception {
    Set<String> seen = new TreeSet<>();
    for (DescribedRequest request : DescribedRequest.all(log)) {
      HttpResponse<byte[]> answer = request.send(log);
      String operation = request.operation();
      assertThat(answer.statusCode())
          .as("%s: %s", request, Answers.text(answer))
          .isEqualTo(request.status());
      assertThat(document.complaints(operation, answer))
          .as("%s: %s", request, Answers.text(answer))
          .isEmpty();
      holdAgainstTheDocument(request);
      if (operation.startsWith("GET ")) {
        assertSameWithoutABody(request.withMethod("HEAD").send(log), answer);
      }
      seen.add(operation + " " + answer.statusCode());
    }
    seen.addAll(SHOWN_ELSEWHERE);
    assertThat(seen).isEqualTo(document.answers());
  }

  private static void assertSameWithoutABody(
      HttpResponse<byte[]> head, HttpResponse<byte[]> answer) {
    assertThat(head.statusCode()).isEqualTo(answer.statusCode());
    assertThat(head.body()).isEmpty();
    for (String name : List.of("Content-Type", "Cache-Control", "Content-Length", "ETag")) {
      assertThat(header(head, name)).as(name).isEqualTo(header(answer, name));
    }
  }

  /** The document says beforehand which requests are refused as malformed. */
  private static void holdAgainstTheDocument(DescribedRequest request) {
    String operation = request.operation();
    List<String> complaints = document.complaints(operation, request.target());
    if (operation.startsWith("GET ")) {
      assertThat(complaints.isEmpty())
          .as("%s: %s", request, complaints)
          .isEqualTo(request.status() != 400);
    }
    if (operation.startsWith("POST ") && request.status() < 300) {
      assertThat(document.bodyComplaints(operation, request.contentType(), request.body()))
          .as("%s", request)
          .isEmpty();
    }
    if (request.status() == 415) {
      assertThat(document.bodyComplaints(operation, request.contentType(), request.body()))
          .isNotEmpty();
    }
  }

  /** Otherwise a schema that says nothing would hold against everything. */
  @Test
  void everyMemberOfAnAnswerIsDescribedAndRequired() throws Exception {
    for (String path :
        List.of(
            "/api/v1/attestations",
            "/api/v1/packages",
            "/api/v1/packages/xz-utils",
            "/api/v1/snapshots/bookworm")) {
      String operation =
          "GET " + path.replace("xz-utils", "{source}").replace("bookworm", "{suite}");
      JsonNode schema =
          document
              .root()
              .path("paths")
              .path(operation.substring(4))
              .at("/get/responses/200/content/application~1json/schema");
      JsonNode answer = Answers.json(log.get(path));
      assertThat(document.validate(schema, answer)).isEmpty();
      for (String pointer : objects(answer, "")) {
        ObjectNode object = (ObjectNode) answer.at(pointer);
        List<String> names = new ArrayList<>();
        object.fieldNames().forEachRemaining(names::add);
        for (String name : names) {
          JsonNode value = Objects.requireNonNull(object.remove(name));
          assertThat(document.validate(schema, answer)).as("%s/%s", pointer, name).isNotEmpty();
          object.set(name, value);
        }
        object.put("unknown", 1);
        assertThat(document.validate(schema, answer)).as("%s/unknown", pointer).isNotEmpty();
        object.remove("unknown");
      }
    }
  }

  private static List<String> objects(JsonNode node, String pointer) {
    List<String> objects = new ArrayList<>();
    if (node.isObject()) {
      objects.add(pointer);
    }
    node.properties()
        .forEach(e -> objects.addAll(objects(e.getValue(), pointer + "/" + e.getKey())));
    for (int i = 0; node.isArray() && i < node.size(); i++) {
      objects.addAll(objects(node.get(i), pointer + "/" + i));
    }
    return objects;
  }

  @Test
  void aLogThatTakesNoEntriesSaysSo() throws Exception {
    try (Unstarted unstarted = new Unstarted(folder.resolve("stopped"));
        WebListener listener =
            WebListener.start(
                "stopped", new ListenAddress("127.0.0.1", 0), unstarted.api::register)) {
      HttpResponse<byte[]> answer =
          TestLog.send(HttpRequest.newBuilder(listener.address().resolve("/health")));
      assertThat(answer.statusCode()).isEqualTo(503);
      assertThat(document.complaints("GET /health", answer)).isEmpty();
    }
  }

  @Test
  void slowSendersHoldUpNobodyAreCutOffAndTooManyToldToComeBack() throws Exception {
    String operation = "POST /api/v1/attestations";
    List<SlowSender> senders = new ArrayList<>();
    try {
      for (int i = 0; i < SLOW / 2; i++) {
        // More than there are threads.
        senders.add(new SlowSender(log.uri("/")));
      }
      assertThat(log.submit(BROKEN).statusCode()).isEqualTo(400);
      for (int i = 0; i < SLOW / 2; i++) {
        senders.add(new SlowSender(log.uri("/")));
      }
      HttpResponse<byte[]> turnedAway = awaitRefusal();
      assertThat(document.complaints(operation, turnedAway)).isEmpty();
      assertThat(header(turnedAway, "Retry-After")).isEqualTo("5");
      HttpResponse<byte[]> cutOff = senders.get(0).dripUntilAnswered();
      assertThat(cutOff.statusCode()).isEqualTo(408);
      assertThat(document.complaints(operation, cutOff)).isEmpty();
    } finally {
      for (SlowSender sender : senders) {
        sender.close();
      }
    }
  }

  /** The answer to a submission once all slow senders' bodies are being read. */
  private static HttpResponse<byte[]> awaitRefusal() throws Exception {
    HttpResponse<byte[]> answer = log.submit(BROKEN);
    for (int i = 0; i < 100 && answer.statusCode() != 503; i++) {
      Thread.sleep(50);
      answer = log.submit(BROKEN);
    }
    return answer;
  }
}
