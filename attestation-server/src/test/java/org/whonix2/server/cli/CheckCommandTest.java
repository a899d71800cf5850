package org.whonix2.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.whonix2.io.cli.Program;
import org.whonix2.server.TestDatabase;
import org.whonix2.server.TestLog;
import org.whonix2.server.api.LogApi;
import org.whonix2.server.store.EntryIndex;
import org.whonix2.server.store.LogStore;

/** What {@code check} prints of a log that is right. */
class CheckCommandTest {
  @TempDir Path folder;

  private static String check(TestLog log, String... options) {
    List<String> line = new ArrayList<>(List.of("--state", log.state().toString()));
    line.addAll(List.of("--log", log.key().verifierKey().toString()));
    line.addAll(TestDatabase.arguments(log.state()));
    line.addAll(List.of(options));
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int exitCode =
        Program.run(
            new CheckCommand(),
            new PrintWriter(out),
            new PrintWriter(err),
            line.toArray(String[]::new));
    assertThat(exitCode).as(err.toString()).isZero();
    return out.toString();
  }

  /** All indexes that follow know everything then, but for this one. */
  private static void letLag(LogStore store, EntryIndex index) throws Exception {
    long size = store.head().size();
    assertThat(store.follow(size)).isEqualTo(size);
    store.read(
        "a test",
        handle -> {
          index.clear(handle);
          return handle.execute("update indexed set tree_size = 0 where name = ?", index.name());
        });
  }

  @Test
  void anIndexThatLagsIsNamedWithHowFarItIsBehind() throws Exception {
    List<EntryIndex> indexes = LogApi.indexes(Clock.systemUTC());
    EntryIndex slow = indexes.stream().filter(each -> !each.isInStep()).findFirst().orElseThrow();
    // Closed here, so that check may open it.
    TestLog log = new TestLog(folder);
    log.submitAll(1, 3);
    log.close();
    try (LogStore store = LogStore.open(TestDatabase.open(log.state()), indexes)) {
      letLag(store, slow);
    }
    assertThat(check(log))
        .containsOnlyOnce("behind ")
        .contains("\nbehind      " + slow.name() + " by 4 of 4 entries\n")
        .contains("\nproven");
    assertThat(check(log, "--json")).contains("\"behind\":{\"" + slow.name() + "\":4}");

    try (LogStore store = LogStore.open(TestDatabase.open(log.state()), indexes)) {
      assertThat(store.follow(4)).isEqualTo(4);
    }
    assertThat(check(log)).doesNotContain("behind").contains("\nproven");
    assertThat(check(log, "--json")).contains("\"behind\":{}");
  }
}
