package org.whonix2.update.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.UUID;

/** Does a number of operations, and then what its mode says. */
final class FailingFiles implements StoreFiles {
  /** What becomes of the first operation that is one too many, and of those behind it. */
  enum Mode {
    /** The process is killed in it: nothing happens any more. */
    KILLED_IN,
    /** The process is killed right behind it. */
    KILLED_BEHIND,
    /** It fails, and the others work. */
    FAILS,
    /** It says that it failed, but it happened, and the others work. */
    FAILS_ALTHOUGH_DONE
  }

  private final Mode mode;
  private int left;

  FailingFiles(Mode mode, int operations) {
    this.mode = mode;
    this.left = operations;
  }

  /** Whether the operations were enough. */
  boolean wereEnough() {
    return left >= 0;
  }

  private interface Operation {
    void run() throws IOException;
  }

  private void run(Path file, Operation operation) throws IOException {
    left--;
    if (left >= 0) {
      operation.run();
      return;
    }
    boolean first = left == -1;
    boolean killed = mode == Mode.KILLED_IN || mode == Mode.KILLED_BEHIND;
    if (!first && !killed) {
      operation.run();
      return;
    }
    if (first && (mode == Mode.KILLED_BEHIND || mode == Mode.FAILS_ALTHOUGH_DONE)) {
      operation.run();
    }
    throw new IOException("stopped at " + file);
  }

  @Override
  public void replace(Path file, byte[] content) throws IOException {
    if (left == 0 && mode == Mode.KILLED_IN) {
      Path parent = Files.createDirectories(file.toAbsolutePath().getParent());
      Files.write(
          parent.resolve("." + file.getFileName() + "." + UUID.randomUUID() + ".tmp"),
          Arrays.copyOf(content, content.length / 2));
    }
    run(file, () -> DURABLE.replace(file, content));
  }

  @Override
  public void move(Path from, Path to) throws IOException {
    run(from, () -> DURABLE.move(from, to));
  }

  @Override
  public void delete(Path fileOrEmptyFolder) throws IOException {
    run(fileOrEmptyFolder, () -> DURABLE.delete(fileOrEmptyFolder));
  }
}
