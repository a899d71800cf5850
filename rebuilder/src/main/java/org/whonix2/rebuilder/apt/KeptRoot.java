package org.whonix2.rebuilder.apt;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;

/**
 * The folder of an apt root that one job after the other uses, so that lists which did not change
 * are not fetched again. Jobs at the same time have one each.
 */
public final class KeptRoot implements AutoCloseable {
  private static final int MOST = 1000;

  /** A process never closes these channels: closing one would lose all its locks (fcntl(2)). */
  private static final Map<Path, FileChannel> CHANNELS = new HashMap<>();

  private final Path folder;
  private final FileLock lock;

  private KeptRoot(Path folder, FileLock lock) {
    this.folder = folder;
    this.lock = lock;
  }

  /**
   * The first that nobody uses.
   *
   * @param state the state folder, absolute
   */
  public static KeptRoot open(Path state, String suite) throws IOException {
    Path all = Files.createDirectories(state.resolve("apt").resolve(suite));
    FileChannel channel = channel(all.resolve(".lock"));
    for (int i = 0; i < MOST; i++) {
      try {
        FileLock lock = channel.tryLock(i, 1, false);
        if (lock != null) {
          return new KeptRoot(all.resolve(Integer.toString(i)), lock);
        }
      } catch (OverlappingFileLockException e) {
        // Another thread's.
      }
    }
    throw new IOException(all + ": all of its " + MOST + " folders are in use");
  }

  private static synchronized FileChannel channel(Path file) throws IOException {
    FileChannel channel = CHANNELS.get(file);
    if (channel == null) {
      channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      CHANNELS.put(file, channel);
    }
    return channel;
  }

  public Path folder() {
    return folder;
  }

  @Override
  public void close() throws IOException {
    lock.release();
  }
}
