package org.whonix2.server.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.whonix2.server.Answers.assertProblem;
import static org.whonix2.server.Answers.header;
import static org.whonix2.server.Answers.json;
import static org.whonix2.server.Answers.text;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.whonix2.server.Samples;
import org.whonix2.server.TestLog;

/** {@code GET /api/v1/attestations}. */
class QueryAttestationsTest {
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

  static String indexes(JsonNode list) {
    return StreamSupport.stream(list.spliterator(), false)
        .map(each -> each.path("index").asText())
        .collect(Collectors.joining(" "));
  }

  private static String path(String query) {
    return "/api/v1/attestations"
        + query
            .replace("ALPHA", Samples.ALPHA.certificate().fingerprint().hex())
            .replace("BETA", Samples.BETA.certificate().fingerprint().hex());
  }

  @ParameterizedTest
  @CsvSource({
    "'', 0 1 2 3 4 7 8",
    "?, 0 1 2 3 4 7 8",
    "?source=net-tools, 0 1 2 4",
    "?source=xz-utils, 3 7",
    "?source=absent, ''",
    "?source=liblzma5, ''",
    "?binary=liblzma5, 3 7",
    "?binary=liblzma5&version=5.4.1-1+b2, 3",
    "?binary=liblzma5&version=5.4.1-1, ''",
    "?binary=liblzma5&version=5.4.1-1%2Bb2, 3",
    "?binary=liblzma5&version=1:5.6~rc1-1, 7",
    "?binary=liblzma5&version=1%3A5.6%7Erc1-1, 7",
    "?binary=net-tools&source=xz-utils, ''",
    "?version=5.4.1-1, 3",
    "?source=net-tools&version=2.10-0.1+deb12u2, 0 1 2 4",
    "?source=net-tools&version=2.10-0.1+deb12u2+ddc, ''",
    "?architecture=arm64, 2",
    "?architecture=riscv64, ''",
    "?rebuilder=ALPHA, 0 2 4 7",
    "?rebuilder=BETA, 1 3 8",
    "?rebuilder=0123456789012345678901234567890123456789, ''",
    "?rebuilder=BETA&source=xz-utils, 3",
    "?toolchain=tcc-ddc, 4",
    "?toolchain=gcc-12&compilerRoot=clang, 1",
    "?compilerRoot=pcc, ''",
    "?result=failed, 2 8",
    "?result=rebuilt, 0 1 3 4 7",
    "?result=failed&rebuilder=BETA, 8",
    "?after=3, 4 7 8",
    "?after=8, ''",
    "?after=999999999999999999, ''",
    "?limit=3, 0 1 2",
    "?limit=100&after=0&source=net-tools, 1 2 4",
    "?so%75rce=net-tools, refused",
  })
  void everyFilterNarrows(String query, String expected) {
    HttpResponse<byte[]> answer = log.get(path(query));
    if (expected.equals("refused")) {
      assertProblem(answer, 400, "expected parameters among");
      return;
    }
    assertThat(answer.statusCode()).as(text(answer)).isEqualTo(200);
    assertThat(header(answer, "Content-Type")).isEqualTo("application/json");
    assertThat(indexes(json(answer).path("attestations"))).isEqualTo(expected);
    assertThat(json(answer).path("size").asLong()).isGreaterThanOrEqualTo(9);
  }

  @ParameterizedTest
  @CsvSource({
    "?nothing=1, nothing",
    "?Source=net-tools, Source",
    "?source=net-tools&, ''''''",
    "?maintainer=somebody, maintainer",
    "?source, source",
    "?source=, source",
    "?source=net-tools&source=net-tools, source",
    "?source=a, source",
    "?source=Net-Tools, source",
    "?source=net%20tools, source",
    "?source=%zz, hexadecimal",
    "?source=net-tools%, hexadecimal",
    "?source=net-tools%2, hexadecimal",
    "?source=%ff%fe, UTF-8",
    "?source=%00, source",
    "?binary=x, binary",
    "?version=one, version",
    "?version=1.0-, version",
    "?architecture=AMD64, architecture",
    "?rebuilder=alpha-1, rebuilder",
    "?toolchain=GCC, toolchain",
    "?toolchain=gcc%2012, toolchain",
    "?compilerRoot=, compilerRoot",
    "?result=good, result",
    "?result=REBUILT, result",
    "?after=-1, after",
    "?after=01, after",
    "?after=1e3, after",
    "?after=9999999999999999999, after",
    "?limit=0, limit",
    "?limit=101, limit",
    "?limit=-5, limit",
    "?limit=, limit",
    "?limit=%31%3, hexadecimal",
  })
  void badParametersAreNamed(String query, String named) throws Exception {
    // The URL is sent as it is: Java's own parser would refuse some of these.
    assertProblem(RawRequest.get(log.uri("/"), path(query)), 400, named);
  }

  @Test
  void anItemSaysWhatTheEntrySays() {
    JsonNode all = json(log.get(path(""))).path("attestations");
    JsonNode rebuilt = all.get(3);
    assertThat(rebuilt.path("index").asLong()).isEqualTo(3);
    assertThat(rebuilt.path("result").asText()).isEqualTo("rebuilt");
    assertThat(rebuilt.has("reason")).isFalse();
    assertThat(rebuilt.path("rebuilder").asText())
        .isEqualTo(Samples.BETA.certificate().fingerprint().hex());
    assertThat(rebuilt.path("sequence").asLong()).isEqualTo(2);
    assertThat(rebuilt.path("source").path("name").asText()).isEqualTo("xz-utils");
    assertThat(rebuilt.path("source").path("version").asText()).isEqualTo("5.4.1-1");
    assertThat(rebuilt.path("suite").asText()).isEqualTo("bookworm");
    assertThat(rebuilt.path("toolchain").path("name").asText()).isEqualTo("gcc-12");
    assertThat(rebuilt.path("compilerRoot").asText()).isEqualTo("gcc");
    assertThat(rebuilt.path("platform").path("cpuVendor").asText()).isEqualTo("AMD");
    JsonNode library = rebuilt.path("artifacts").get(1);
    assertThat(library.path("name").asText()).isEqualTo("liblzma5");
    assertThat(library.path("version").asText()).isEqualTo("5.4.1-1+b2");
    assertThat(library.path("architecture").asText()).isEqualTo("amd64");
    assertThat(library.path("sha256").asText()).isEqualTo(Samples.digest(3).toString());
    assertThat(library.path("size").asLong()).isEqualTo(242_660);
    assertThat(rebuilt.path("byproducts").get(0).path("name").asText()).isEqualTo("build.log");
    JsonNode failed = all.get(6);
    assertThat(failed.path("index").asLong()).isEqualTo(8);
    assertThat(failed.path("result").asText()).isEqualTo("failed");
    assertThat(failed.path("reason").asText()).isEqualTo("out-of-memory");
    assertThat(failed.path("artifacts").size()).isZero();
    assertThat(failed.has("buildinfo")).isFalse();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 6, 7, 8, 100})
  void pagesTogetherAreTheWhole(int limit) {
    List<String> got = new ArrayList<>();
    String after = "";
    for (int pages = 0; pages < 20; pages++) {
      JsonNode page = json(log.get(path("?limit=" + limit + after)));
      assertThat(page.path("attestations").size()).isLessThanOrEqualTo(limit);
      page.path("attestations").forEach(each -> got.add(each.path("index").asText()));
      if (!page.has("next")) {
        assertThat(got).containsExactly("0", "1", "2", "3", "4", "7", "8");
        return;
      }
      after = "&after=" + page.path("next").asLong();
    }
    throw new AssertionError("there is no end: " + got);
  }

  @Test
  void anEntryIsFoundWhenItsSubmissionIsAnswered() {
    JsonNode before = json(log.get(path("?source=net-tools&after=8")));
    assertThat(before.path("attestations").size()).isZero();
    log.submitAll(1, 1);
    JsonNode after = json(log.get(path("?source=net-tools&after=8")));
    assertThat(after.path("attestations").size()).isEqualTo(1);
    assertThat(after.path("size").asLong()).isGreaterThan(before.path("size").asLong());
    assertThat(after.path("attestations").get(0).path("rebuilder").asText())
        .isEqualTo(log.rebuilder().certificate().fingerprint().hex());
  }
}
