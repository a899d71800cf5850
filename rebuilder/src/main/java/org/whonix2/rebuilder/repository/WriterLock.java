package org.whonix2.rebuilder.repository;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.Set;
import org.whonix2.io.cli.CommandException;
import org.whonix2.io.cli.ExitCode;

/** The right to write a repository: one process has it, and in it one thread. */
final class WriterLock implements AutoCloseable {
  /** To open and close a locked file once more would lose the lock (fcntl(2)). */
  private static final Set<Path> HELD = new HashSet<>();

  private final Path file;
  private final FileChannel channel;

  private WriterLock(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /**
   * Takes the lock.
   *
   * @throws CommandException if somebody has it
   */
  static WriterLock take(Path folder) throws IOException, CommandException {
    Path file = folder.toRealPath().resolve(".lock");
    synchronized (HELD) {
      if (!HELD.contains(file)) {
        FileChannel channel =
            FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = channel.tryLock();
        if (lock != null) {
          HELD.add(file);
          return new WriterLock(file, channel);
        }
        channel.close();
      }
    }
    throw new CommandException(
        ExitCode.OUTSIDE_FAILED,
        folder + ": another run is writing this repository",
        "run this again when it has ended");
  }

  @Override
  public void close() throws IOException {
    synchronized (HELD) {
      channel.close();
      HELD.remove(file);
    }
  }
}
