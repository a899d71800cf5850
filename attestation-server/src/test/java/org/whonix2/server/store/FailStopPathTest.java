package org.whonix2.server.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.h2.store.fs.FilePath;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FailStopPathTest {
  private static final Path STARTED = Path.of("/proc/sys/kernel/random/boot_id");

  @TempDir Path folder;

  @Test
  void afterAFailedSyncNothingIsWrittenSyncedOrOpened() throws Exception {
    FilePath.register(new FailStopPath());
    // That takes every write, and refuses each sync.
    Path file = Files.createSymbolicLink(folder.resolve("log.mv.db"), Path.of("/dev/null"));
    FilePath path = FilePath.get("failstop:" + file);
    FileChannel channel = path.open("rw");
    assertThat(channel.write(ByteBuffer.wrap(new byte[] {1}), 0)).isEqualTo(1);
    assertThat(FailStopPath.failure(file)).isEmpty();
    assertThatThrownBy(() -> channel.force(true)).isInstanceOf(IOException.class);
    assertThat(FailStopPath.failure(file)).isPresent();
    assertThatThrownBy(() -> channel.force(true)).hasMessageContaining("restart the machine");
    assertThatThrownBy(() -> channel.write(ByteBuffer.wrap(new byte[] {1}), 0))
        .hasMessageContaining("restart the machine");
    assertThatThrownBy(() -> channel.truncate(0)).hasMessageContaining("restart the machine");
    assertThatThrownBy(() -> path.open("rw")).hasMessageContaining("restart the machine");
    assertThat(FailStopPath.note(file)).hasSameTextualContentAs(STARTED);
  }

  @Test
  void whatIsClosedTellsNothingAboutTheDisk() throws Exception {
    FilePath.register(new FailStopPath());
    Path file = folder.resolve("log.mv.db");
    FileChannel channel = FilePath.get("failstop:" + file).open("rw");
    channel.close();
    assertThatThrownBy(() -> channel.force(true)).isInstanceOf(IOException.class);
    assertThat(FailStopPath.failure(file)).isEmpty();
  }

  @Test
  void anotherProcessIsRefusedUntilTheMachineWasStartedAnew() throws Exception {
    H2Database.open(folder).close();
    Path note = FailStopPath.note(folder.resolve("log.mv.db"));
    Files.copy(STARTED, note);
    assertThatThrownBy(() -> H2Database.open(folder))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("restart the machine");
    Files.writeString(note, "another start\n");
    LogStore.open(H2Database.open(folder), List.of()).close();
    assertThat(note).doesNotExist();
  }
}
