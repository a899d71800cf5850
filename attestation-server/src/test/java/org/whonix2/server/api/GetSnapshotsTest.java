package org.whonix2.server.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.whonix2.server.Answers.assertProblem;
import static org.whonix2.server.Answers.header;
import static org.whonix2.server.Answers.json;
import static org.whonix2.server.Answers.text;
import static org.whonix2.server.api.QueryAttestationsTest.indexes;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.whonix2.core.dsse.Envelope;
import org.whonix2.core.dsse.Verification;
import org.whonix2.core.dsse.VerifiedEnvelope;
import org.whonix2.core.statement.SnapshotHeader;
import org.whonix2.core.statement.Statement;
import org.whonix2.server.Samples;
import org.whonix2.server.TestLog;
import org.whonix2.server.store.LogEntry;

/** {@code GET /api/v1/snapshots/{suite}}. */
class GetSnapshotsTest {
  private static final String SNAPSHOTS = "/api/v1/snapshots/";

  @TempDir static Path folder;
  private static final List<LogEntry> ENTRIES = new ArrayList<>();
  private static TestLog log;

  @BeforeAll
  static void start() throws Exception {
    Samples alpha = Samples.by(Samples.ALPHA, ENTRIES);
    Samples beta = Samples.by(Samples.BETA, ENTRIES);
    alpha.snapshot("bookworm", 1); // 0
    beta.snapshot("bookworm", 1); // 1
    alpha.snapshot("bookworm", 2); // 2
    alpha.snapshot("bookworm", 1, "clang"); // 3
    beta.snapshot("bookworm/updates", 1); // 4
    Samples.fill(folder.resolve("log"), ENTRIES);
    log = new TestLog(folder);
  }

  @AfterAll
  static void stop() throws Exception {
    log.close();
  }

  @ParameterizedTest
  @CsvSource({
    "bookworm, 1 2 3",
    "bookworm?limit=2, 1 2",
    "bookworm?after=2&limit=2, 3",
    "bookworm/updates, 4",
    "trixie, ''",
  })
  void itHasTheNewestOfEachSeries(String path, String expected) {
    HttpResponse<byte[]> answer = log.get(SNAPSHOTS + path);
    assertThat(answer.statusCode()).as(text(answer)).isEqualTo(200);
    assertThat(header(answer, "Content-Type")).isEqualTo("application/json");
    assertThat(indexes(json(answer).path("snapshots"))).isEqualTo(expected);
    assertThat(json(answer).path("suite").asText()).isEqualTo(path.replaceFirst("\\?.*", ""));
  }

  /** Whoever asks need not believe the server: the envelope is the one that was logged. */
  @Test
  void aHeaderComesWithItsSignature() throws Exception {
    JsonNode item = json(log.get(SNAPSHOTS + "bookworm")).path("snapshots").get(1);
    byte[] bytes = item.path("envelope").toString().getBytes(StandardCharsets.UTF_8);
    assertThat(bytes).isEqualTo(ENTRIES.get(2).content());
    Verification verification =
        VerifiedEnvelope.verify(
            Envelope.parse(bytes),
            fingerprint -> Optional.of(Samples.ALPHA.certificate()),
            Instant.now());
    assertThat(verification).isInstanceOf(Verification.Verified.class);
    VerifiedEnvelope verified = ((Verification.Verified) verification).envelope();
    SnapshotHeader header =
        (SnapshotHeader) Statement.parse(verified.payloadType(), verified.payload());
    assertThat(item.path("epoch").asLong()).isEqualTo(2).isEqualTo(header.epoch());
    assertThat(item.path("rebuilder").asText()).isEqualTo(header.rebuilder().hex());
    assertThat(item.path("list").asText()).isEqualTo(header.list().toString());
    assertThat(item.path("vector").asText()).isEqualTo(header.vector().toString());
    assertThat(item.path("entries").asLong()).isEqualTo(header.entries());
  }

  @ParameterizedTest
  @CsvSource({
    "'', 404, ''",
    "Bookworm, 400, suite",
    "book%20worm, 400, suite",
    "-bookworm, 400, suite",
    "bookworm?limit=1000, 400, limit",
    "bookworm?after=, 400, after",
    "bookworm?rebuilder=alpha-1, 400, rebuilder",
    "bookworm?limit=1&limit=1, 400, limit",
  })
  void otherRequestsAreProblems(String path, int status, String named) throws Exception {
    assertProblem(RawRequest.get(log.uri("/"), SNAPSHOTS + path), status, named);
  }
}
