package org.whonix2.rebuilder.sandbox;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import org.whonix2.core.digest.Sha256;

/**
 * Who uses which cached layer: a shared lock on one byte of the cache's lock file for each, by
 * processes and by threads. A layer that anybody uses is not removed.
 */
final class CacheLocks {
  /** A process has one channel for each cache and never closes it: that would lose its locks. */
  private static final Map<Path, CacheLocks> OPEN = new HashMap<>();

  private final FileChannel channel;
  private final Map<Long, Held> held = new HashMap<>();

  private record Held(FileLock lock, int users) {}

  /** Something to do while nobody uses a layer. */
  interface Work {
    void run() throws IOException;
  }

  private CacheLocks(FileChannel channel) {
    this.channel = channel;
  }

  static CacheLocks of(Path file) throws IOException {
    synchronized (OPEN) {
      CacheLocks locks = OPEN.get(file);
      if (locks == null) {
        locks =
            new CacheLocks(
                FileChannel.open(
                    file,
                    StandardOpenOption.CREATE,
                    StandardOpenOption.READ,
                    StandardOpenOption.WRITE));
        OPEN.put(file, locks);
      }
      return locks;
    }
  }

  /** Two layers with one position would only be in each other's way. */
  private static long position(Sha256 key) {
    return Long.parseLong(key.toString().substring(0, 15), 16);
  }

  /** Waits until nobody works on the layer, and keeps everybody from it until released. */
  synchronized void use(Sha256 key) throws IOException {
    long position = position(key);
    Held before = held.get(position);
    held.put(
        position,
        before == null
            ? new Held(channel.lock(position, 1, true), 1)
            : new Held(before.lock(), before.users() + 1));
  }

  synchronized void release(Sha256 key) throws IOException {
    long position = position(key);
    Held before = held.remove(position);
    if (before != null && before.users() > 1) {
      held.put(position, new Held(before.lock(), before.users() - 1));
    } else if (before != null) {
      before.lock().release();
    }
  }

  /** Works on a layer if nobody uses it; says whether it did. */
  synchronized boolean ifUnused(Sha256 key, Work work) throws IOException {
    long position = position(key);
    if (held.containsKey(position)) {
      return false;
    }
    FileLock lock = channel.tryLock(position, 1, false);
    if (lock == null) {
      return false;
    }
    try {
      work.run();
      return true;
    } finally {
      lock.release();
    }
  }
}
