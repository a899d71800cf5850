package org.whonix2.server.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.whonix2.server.Answers.assertProblem;
import static org.whonix2.server.Answers.header;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.whonix2.core.log.EntryBundle;
import org.whonix2.core.log.TreeHash;
import org.whonix2.server.TestLog;

/** Tiles and entry bundles of a log of 300 entries. */
class TileTest {
  private static final int SIZE = 300;

  @TempDir static Path folder;
  private static List<byte[]> entries = List.of();
  private static TestLog log;

  @BeforeAll
  static void start() throws Exception {
    entries = new ArrayList<>(TestLog.fill(folder, SIZE - 1));
    log = new TestLog(folder);
    entries.add(log.admission());
  }

  @AfterAll
  static void stop() throws Exception {
    log.close();
  }

  @ParameterizedTest
  @CsvSource({
    "/tile/0/000, 0, 256",
    "/tile/0/000.p/255, 0, 255",
    "/tile/0/000.p/1, 0, 1",
    "/tile/0/001.p/44, 256, 44",
    "/tile/0/001.p/7, 256, 7",
  })
  void aTileIsTheLeafHashesInOrder(String path, int from, int width) {
    HttpResponse<byte[]> answer = log.get(path);
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(header(answer, "Content-Type")).isEqualTo("application/octet-stream");
    assertThat(header(answer, "Cache-Control")).contains("immutable").contains("max-age=31536000");
    assertThat(header(answer, "X-Content-Type-Options")).isEqualTo("nosniff");
    assertThat(answer.body()).hasSize(32 * width);
    for (int i = 0; i < width; i++) {
      assertThat(Arrays.copyOfRange(answer.body(), 32 * i, 32 * i + 32))
          .isEqualTo(TreeHash.leaf(entries.get(from + i)).toByteArray());
    }
  }

  @Test
  void aFullTilesRootStandsInTheLevelAbove() {
    assertThat(log.get("/tile/1/000.p/1").body()).hasSize(32);
  }

  @ParameterizedTest
  @CsvSource({
    "/tile/entries/000, 0, 256",
    "/tile/entries/001.p/44, 256, 44",
    "/tile/entries/001.p/1, 256, 1",
    "/tile/entries/000.p/9, 0, 9",
  })
  void aBundleIsTheEntriesInOrder(String path, int from, int width) throws Exception {
    HttpResponse<byte[]> answer = log.get(path);
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(header(answer, "Content-Type")).isEqualTo("application/octet-stream");
    assertThat(EntryBundle.parse(answer.body(), width))
        .containsExactlyElementsOf(entries.subList(from, from + width));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/tile/0/001",
        "/tile/0/001.p/45",
        "/tile/0/002.p/1",
        "/tile/1/000",
        "/tile/1/000.p/2",
        "/tile/2/000.p/1",
        "/tile/63/000.p/1",
        "/tile/entries/001",
        "/tile/entries/001.p/45",
        "/tile/entries/x001/000",
      })
  void whatTheTreeHasNotReachedIsAbsent(String path) {
    assertProblem(log.get(path), 404, "not grown");
    assertThat(header(log.get(path), "Cache-Control")).isEqualTo("no-store");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/tile/0/0",
        "/tile/0/00",
        "/tile/0/0000",
        "/tile/00/000",
        "/tile/-1/000",
        "/tile/64/000",
        "/tile/0/x000/000",
        "/tile/0/000.p/0",
        "/tile/0/000.p/256",
        "/tile/0/000.p/01",
        "/tile/0/000.p/",
        "/tile/0/000/",
        "/tile/0/%30%30%30",
        "/tile/0/-01",
        "/tile/entries/000.p/999",
        "/tile/Entries/000",
        "/tile/entries/x999/x999/x999/x999/x999/x999/999",
      })
  void oneTileHasOnePath(String path) {
    assertProblem(log.get(path), 404, "");
  }
}
