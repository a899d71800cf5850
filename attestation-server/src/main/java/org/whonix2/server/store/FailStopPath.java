package org.whonix2.server.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.h2.store.fs.FileBaseDefault;
import org.h2.store.fs.FilePathWrapper;

/**
 * A file of H2's of which the first sync that fails is the last, whoever of H2 asked for it. Linux
 * takes what it could not write for written: the next sync succeeds, of the next process too, and
 * the disk has nothing of it. What the disk has is seen when the machine was started anew; until
 * then the file is neither written nor opened. A note beside it, which names the machine's start,
 * says so to the next process.
 */
public final class FailStopPath extends FilePathWrapper {
  static final String SCHEME = "failstop";

  private static final Path STARTED = Path.of("/proc/sys/kernel/random/boot_id");
  private static final Set<Path> FAILED = ConcurrentHashMap.newKeySet();

  /** Why this file must not be used, or empty. Only a failure of this process is looked for. */
  static Optional<String> failure(Path file) {
    return FAILED.contains(file) ? Optional.of(message(file)) : Optional.empty();
  }

  private static String message(Path file) {
    return "a sync of "
        + file
        + " failed, and nobody can know what the disk has of it: look at the disk, and restart"
        + " the machine";
  }

  private static void requireSound(Path file) throws IOException {
    if (FAILED.contains(file)) {
      throw new IOException(message(file));
    }
  }

  /**
   * Looks for a failure of an earlier process too.
   *
   * @throws IOException if there was one since the machine was started
   */
  static void requireUsable(Path file) throws IOException {
    requireSound(file);
    Path note = note(file);
    if (Files.exists(note) && Files.readString(note).equals(Files.readString(STARTED))) {
      throw new IOException(message(file));
    }
    Files.deleteIfExists(note);
  }

  static Path note(Path file) {
    return file.resolveSibling(file.getFileName() + ".unsynced");
  }

  private static void fail(Path file, IOException why) {
    FAILED.add(file);
    try {
      Files.writeString(note(file), Files.readString(STARTED));
    } catch (IOException e) {
      why.addSuppressed(e);
    }
  }

  @Override
  public String getScheme() {
    return SCHEME;
  }

  @Override
  public FileChannel open(String mode) throws IOException {
    Path file = Path.of(getBase().toString());
    requireUsable(file);
    return new FailStopChannel(file, getBase().open(mode));
  }

  @SuppressWarnings("UnsynchronizedOverridesSynchronized") // the file's own need no lock
  private static final class FailStopChannel extends FileBaseDefault {
    private final Path file;
    private final FileChannel base;

    FailStopChannel(Path file, FileChannel base) {
      this.file = file;
      this.base = base;
    }

    /** One after the other: the system tells of a failure once, and only one of two would hear. */
    @Override
    public synchronized void force(boolean metaData) throws IOException {
      requireSound(file);
      try {
        base.force(metaData);
      } catch (ClosedChannelException e) {
        throw e; // it says nothing about the disk
      } catch (IOException e) {
        fail(file, e);
        throw e;
      }
    }

    @Override
    public int write(ByteBuffer source, long position) throws IOException {
      requireSound(file);
      return base.write(source, position);
    }

    @Override
    protected void implTruncate(long size) throws IOException {
      requireSound(file);
      base.truncate(size);
    }

    @Override
    public int read(ByteBuffer target, long position) throws IOException {
      return base.read(target, position);
    }

    @Override
    public long size() throws IOException {
      return base.size();
    }

    @Override
    public FileLock tryLock(long position, long size, boolean shared) throws IOException {
      return base.tryLock(position, size, shared);
    }

    @Override
    protected void implCloseChannel() throws IOException {
      base.close();
    }
  }
}
