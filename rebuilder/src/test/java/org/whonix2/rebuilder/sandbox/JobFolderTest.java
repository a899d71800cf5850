package org.whonix2.rebuilder.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class JobFolderTest {
  @TempDir Path state;

  /** Opens and closes jobs, and says whether each was its own from begin to end. */
  static final class Worker {
    private Worker() {}

    public static void main(String[] arguments) throws IOException {
      for (int i = 0; i < 40; i++) {
        try (JobFolder job = JobFolder.open(Path.of(arguments[0]))) {
          Path mine = job.folder("mine");
          Thread.onSpinWait();
          if (!Files.isDirectory(mine)) {
            throw new IOException(mine + ": was removed under us");
          }
        }
      }
      System.out.print("done");
    }
  }

  @Test
  void processesThatShareAStateFolderLeaveEachOthersJobsAlone() throws Exception {
    List<Process> workers = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      workers.add(
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-cp",
                  System.getProperty("java.class.path"),
                  Worker.class.getName(),
                  state.toString())
              .redirectErrorStream(true)
              .start());
    }
    for (Process worker : workers) {
      byte[] said = worker.getInputStream().readAllBytes();
      assertThat(new String(said, StandardCharsets.UTF_8)).isEqualTo("done");
      assertThat(worker.waitFor()).isZero();
    }
    try (Stream<Path> left = Files.list(state.resolve("jobs"))) {
      assertThat(left).containsExactly(state.resolve("jobs/.lock"));
    }
  }

  @Test
  void aJobStaysLockedWhileItsOwnProcessOpensAnother() throws Exception {
    try (JobFolder first = JobFolder.open(state)) {
      Path mine = first.folder("mine");
      JobFolder.open(state).close();
      Process other =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-cp",
                  System.getProperty("java.class.path"),
                  Worker.class.getName(),
                  state.toString())
              .redirectErrorStream(true)
              .start();
      other.getInputStream().readAllBytes();
      assertThat(other.waitFor()).isZero();
      assertThat(mine).isDirectory();
    }
  }
}
