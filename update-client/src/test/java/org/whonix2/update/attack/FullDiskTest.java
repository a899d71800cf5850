package org.whonix2.update.attack;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Real syncs into a file system that is full at one moment or another; mounting needs root. */
@Tag("heavy")
class FullDiskTest extends GrowingLogTest {
  /** The state in a file system of its own, whose content is left beside. */
  private static final String SCRIPT =
      """
      set -eu
      size=$1 state=$2 before=$3 after=$4
      shift 4
      mount -t tmpfs -o "size=$size" none "$state"
      cp -a "$before/." "$state"
      code=0
      "$@" || code=$?
      df -k "$state" >&2
      cp -a "$state/." "$after"
      exit "$code"
      """;

  private static final int PAGE = 4096;

  private Path before = Path.of("");

  /** A sync with so much room besides what is there; its exit code. */
  private int syncWith(long room) throws Exception {
    Path after = Files.createDirectory(folder.resolve("after " + room));
    String size = String.valueOf(pages(before) + room);
    ClientProcess client =
        new ClientProcess(folder)
            .under(
                "unshare",
                "--mount",
                "sh",
                "-c",
                SCRIPT,
                "sh",
                size,
                state().toString(),
                before.toString(),
                after.toString());
    ClientProcess.Ended ended = client.run(with("sync"));
    assertNoStackTrace(ended.said());
    if (ended.exitCode() != 0) {
      assertThat(ended.exitCode()).as(ended.said()).isEqualTo(5);
      assertThat(ended.said()).contains("error: ", "No space left on device");
    }
    remove(state());
    Files.move(after, state());
    return ended.exitCode();
  }

  /** What it takes there: whole pages, and the root. */
  private static long pages(Path tree) throws IOException {
    long bytes = PAGE;
    try (Stream<Path> files = Files.walk(tree)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        bytes += (Files.size(file) + PAGE - 1) / PAGE * PAGE;
      }
    }
    return bytes;
  }

  private static void remove(Path tree) throws IOException {
    try (Stream<Path> files = Files.walk(tree)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  @Test
  void fullAtEveryMoment() throws Exception {
    grow(300);
    assertThat(sync()).isZero();
    long old = isWhole(log.entries.size());
    before = folder.resolve("before");
    Files.move(state(), before);
    Files.createDirectory(state());
    grow(800);
    int failed = 0;
    boolean leftOld = false;
    int code = 5;
    for (long room = 0; code != 0; room += 2 * PAGE) {
      assertThat(room).isLessThan(4 << 20);
      code = syncWith(room);
      failed += code == 0 ? 0 : 1;
      leftOld |= isWhole(old) == old;
      recovers();
    }
    // With so much more room all goes well: it was the room.
    assertThat(failed).isGreaterThan(10);
    assertThat(leftOld).isTrue();
  }
}
