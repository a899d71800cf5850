package org.whonix2.server.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.whonix2.server.Answers.assertProblem;
import static org.whonix2.server.Answers.json;
import static org.whonix2.server.Answers.text;
import static org.whonix2.server.api.QueryAttestationsTest.indexes;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.whonix2.server.Samples;
import org.whonix2.server.TestLog;

/** {@code GET /api/v1/packages}, with a source, with a version, and {@code /api/v1/artifacts}. */
class GetPackagesTest {
  private static final String PACKAGES = "/api/v1/packages";

  @TempDir static Path folder;
  private static TestLog log;

  @BeforeAll
  static void start() throws Exception {
    Samples.fill(folder.resolve("log"), Samples.some());
    log = new TestLog(folder);
  }

  @AfterAll
  static void stop() throws Exception {
    log.close();
  }

  private static JsonNode found(String path) {
    HttpResponse<byte[]> answer = log.get(path);
    assertThat(answer.statusCode()).as(text(answer)).isEqualTo(200);
    return json(answer);
  }

  private static List<String> list(JsonNode items, String name) {
    List<String> all = new ArrayList<>();
    items.forEach(item -> all.add(item.path(name).asText() + " " + item.path("first").asLong()));
    return all;
  }

  @Test
  void theSourcesAreThoseThatSomebodyTried() {
    assertThat(list(found(PACKAGES).path("packages"), "source"))
        .containsExactly("net-tools 0", "xz-utils 3", "0ad 8");
    JsonNode first = found(PACKAGES + "?limit=2");
    assertThat(list(first.path("packages"), "source")).hasSize(2);
    JsonNode second = found(PACKAGES + "?limit=2&after=" + first.path("next").asLong());
    assertThat(list(second.path("packages"), "source")).containsExactly("0ad 8");
    assertThat(second.has("next")).isFalse();
  }

  @Test
  void aSourceHasItsVersions() {
    JsonNode answer = found(PACKAGES + "/xz-utils");
    assertThat(answer.path("source").asText()).isEqualTo("xz-utils");
    assertThat(list(answer.path("versions"), "version"))
        .containsExactly("5.4.1-1 3", "1:5.6~rc1-1 7");
    assertThat(list(found(PACKAGES + "/xz-utils?after=3").path("versions"), "version"))
        .containsExactly("1:5.6~rc1-1 7");
  }

  @ParameterizedTest
  @CsvSource({
    "net-tools/2.10-0.1+deb12u2, 0 1 2 4",
    "net-tools/2.10-0.1%2Bdeb12u2, 0 1 2 4",
    "net-tools/2.10-0.1+deb12u2?after=1, 2 4",
    "net-tools/2.10-0.1+deb12u2?limit=1, 0",
    "xz-utils/1:5.6~rc1-1, 7",
    "xz-utils/1%3A5.6%7Erc1-1, 7",
    "0ad/0.0.26-3, 8",
  })
  void aVersionHasItsRebuilds(String path, String expected) {
    JsonNode answer = found(PACKAGES + "/" + path);
    assertThat(indexes(answer.path("attestations"))).isEqualTo(expected);
    assertThat(answer.path("source").asText()).isEqualTo(path.replaceFirst("/.*", ""));
    assertThat(answer.path("version").isTextual()).isTrue();
  }

  @Test
  void anArtifactHasThoseWhoSayItCameOut() {
    String digest = Samples.digest(1).toString();
    JsonNode answer = found("/api/v1/artifacts/" + digest);
    assertThat(answer.path("sha256").asText()).isEqualTo(digest);
    assertThat(indexes(answer.path("attestations"))).isEqualTo("0 1");
    JsonNode first = found("/api/v1/artifacts/" + digest + "?limit=1");
    assertThat(indexes(first.path("attestations"))).isEqualTo("0");
    assertThat(
            indexes(
                found("/api/v1/artifacts/" + digest + "?after=" + first.path("next").asLong())
                    .path("attestations")))
        .isEqualTo("1");
  }

  @ParameterizedTest
  @CsvSource({
    "packages?source=net-tools, 400, source",
    "packages?limit=0, 400, limit",
    "packages/, 404, ''",
    "packages/absent, 404, absent",
    "packages/liblzma5, 404, liblzma5",
    "packages/X, 400, source",
    "packages/%00%00, 400, ''",
    "packages/net-tools?after=x, 400, after",
    "packages/net-tools?version=1, 400, version",
    "packages/net-tools/1, 404, version 1",
    "packages/absent/1, 404, absent",
    "packages/net-tools/one, 400, version",
    "packages/N/1, 400, source",
    "packages/net-tools/2.10-0.1+deb12u2?limit=101, 400, limit",
    "packages/net-tools/2.10-0.1+deb12u2?result=failed, 400, result",
    "packages/net-tools/1/2, 404, ''",
    "artifacts/0000000000000000000000000000000000000000000000000000000000000000, 404, SHA-256",
    "artifacts/00, 400, sha256",
    "artifacts/000000000000000000000000000000000000000000000000000000000000000G, 400, sha256",
    "artifacts/, 404, ''",
    "artifacts, 404, ''",
  })
  void otherRequestsAreProblems(String path, int status, String named) throws Exception {
    assertProblem(RawRequest.get(log.uri("/"), "/api/v1/" + path), status, named);
  }

  @Test
  void aDigestIsWrittenInOneWay() {
    String upper = Samples.digest(1).toString().toUpperCase(Locale.ROOT);
    assertProblem(log.get("/api/v1/artifacts/" + upper), 400, "sha256");
  }
}
