package org.whonix2.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.log.FollowOutcome;
import org.whonix2.core.log.Follower;
import org.whonix2.core.log.LogFetcher;
import org.whonix2.core.log.LogState;
import org.whonix2.core.log.TilePath;
import org.whonix2.server.TestLog;

/** The core's follower follows the server over HTTP. */
class FollowTest {
  @TempDir Path folder;

  private static LogFetcher fetcher(TestLog log) {
    return new LogFetcher() {
      @Override
      public byte[] checkpoint() throws IOException {
        return body(log.get("/checkpoint"));
      }

      @Override
      public byte[] entries(long bundle, int width) throws IOException {
        return body(log.get("/" + TilePath.entries(bundle, width)));
      }

      private byte[] body(HttpResponse<byte[]> answer) throws IOException {
        if (answer.statusCode() != 200) {
          throw new IOException(answer.toString());
        }
        return answer.body();
      }
    };
  }

  @Test
  void takesInEveryEntryOnceAsTheLogGrows() throws Exception {
    List<byte[]> expected = new ArrayList<>(TestLog.fill(folder, 253));
    List<byte[]> taken = new ArrayList<>();
    try (TestLog log = new TestLog(folder)) {
      expected.add(log.admission());
      Follower follower = new Follower(log.trusted(), log.quorum(2));
      LogState state = LogState.empty();
      for (int round = 0; round < 5; round++) {
        expected.addAll(log.submitAll(1 + round, 1));
        FollowOutcome outcome =
            follower.follow(
                state,
                FollowTest::neverWentBack,
                fetcher(log),
                (index, entry) -> taken.add(entry),
                Instant.now());
        assertThat(outcome).as(outcome.explain()).isInstanceOf(FollowOutcome.Advanced.class);
        state = ((FollowOutcome.Advanced) outcome).state();
        assertThat(taken).containsExactlyElementsOf(expected);
      }
      log.restart();
      assertThat(
              follower.follow(
                  state,
                  FollowTest::neverWentBack,
                  fetcher(log),
                  (index, entry) -> {},
                  Instant.now()))
          .isInstanceOf(FollowOutcome.Unchanged.class);
    }
  }

  private static Sha256 neverWentBack(long size) {
    throw new AssertionError("the log went back to " + size);
  }
}
