package org.whonix2.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.whonix2.server.store.H2Database;
import org.whonix2.server.store.LogStore;

/**
 * A real server on H2 under strace: what it asks of the disk before it answers, and what is left of
 * that when the power fails.
 */
class PowerLossTest {
  private static final Pattern INDEX = Pattern.compile("\"index\":([0-9]+)");
  private static final int MOMENTS = 12;

  @TempDir Path folder;
  private final Load load = new Load();
  private Deployment deployment;
  private ServerProcess server;

  /** An answer that names the index of an entry, and when the server began to write it. */
  private record Answer(long moment, long index) {}

  @BeforeEach
  void start() throws Exception {
    deployment = new Deployment(folder, List.of());
    server = deployment.startServer(DiskTrace.tracer(folder.resolve("trace")));
  }

  @AfterEach
  void stop() {
    load.close();
    deployment.close();
  }

  private DiskTrace trace(int clients, int answers) throws Exception {
    load.start(clients, () -> server.address());
    load.awaitMore(answers);
    load.stop();
    server.kill();
    return DiskTrace.read(
        folder.resolve("trace"), folder.toRealPath().resolve("log").resolve("log.mv.db"));
  }

  private static List<Answer> answers(DiskTrace trace) {
    List<Answer> answers = new ArrayList<>();
    for (DiskTrace.Said said : trace.said()) {
      Matcher index = INDEX.matcher(said.text());
      if (index.find()) {
        answers.add(new Answer(said.begun(), Long.parseLong(index.group(1))));
      }
    }
    return answers;
  }

  @Test
  void betweenTheWriteAndTheAnswerTheFileIsSynced() throws Exception {
    DiskTrace trace = trace(1, 10);
    List<Answer> answers = answers(trace);
    assertThat(answers).hasSizeGreaterThanOrEqualTo(10);
    long before = 0;
    for (Answer answer : answers) {
      long from = before;
      assertThat(trace.changes())
          .as("it writes, syncs, and then answers with entry %d", answer.index())
          .anyMatch(
              change ->
                  change.begun() > from
                      && trace.syncs().stream()
                          .anyMatch(
                              sync ->
                                  sync.begun() > change.done() && sync.done() < answer.moment()));
      before = answer.moment();
    }
  }

  /** Which of the answered entries the file has. */
  private boolean hasEverything(byte[] file, List<Answer> answers, Path at) throws IOException {
    Files.createDirectories(at);
    Files.write(at.resolve("log.mv.db"), file);
    Map<Long, byte[]> submitted = load.answered();
    try (LogStore store = LogStore.open(H2Database.open(at), List.of())) {
      for (Answer answer : answers) {
        List<byte[]> entry = store.entries(answer.index(), 1);
        if (entry.isEmpty() || !Arrays.equals(entry.get(0), submitted.get(answer.index()))) {
          return false;
        }
      }
    }
    return true;
  }

  @Test
  void whatWasAnsweredSurvivesTheLossOfEverythingThatWasNotSynced() throws Exception {
    DiskTrace trace = trace(4, 40);
    List<Answer> answers =
        answers(trace).stream().filter(a -> load.answered().containsKey(a.index())).toList();
    assertThat(answers).hasSizeGreaterThanOrEqualTo(40);
    Random random = new Random(5);
    int lost = 0;
    for (int i = 0; i < MOMENTS; i++) {
      int last = (i + 1) * answers.size() / MOMENTS - 1;
      long moment = answers.get(last).moment();
      List<Answer> before = answers.subList(0, last + 1);
      byte[] least = trace.afterPowerLoss(moment, 0, Optional.empty());
      assertThat(hasEverything(least, before, folder.resolve("least" + i))).isTrue();
      byte[] lucky = trace.afterPowerLoss(moment, 0, Optional.of(random));
      assertThat(hasEverything(lucky, before, folder.resolve("lucky" + i))).isTrue();
      // The canary: without the syncs of its own group the last answer would be a lie.
      byte[] none = trace.afterPowerLoss(moment, 4, Optional.empty());
      if (none.length == 0 || !hasEverything(none, before, folder.resolve("none" + i))) {
        lost++;
      }
    }
    assertThat(lost).as("what is not synced is lost here").isPositive();
  }
}
