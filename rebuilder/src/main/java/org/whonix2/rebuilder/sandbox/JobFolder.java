package org.whonix2.rebuilder.sandbox;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One job's folder, locked while it is open and removed when it is closed. */
public final class JobFolder implements AutoCloseable {
  private static final String LOCK = ".lock";
  private static final long REMOVE_MINUTES = 10;

  /**
   * The lock files of this process's jobs, also the monitor of all opening. Nothing here may open
   * such a file again: to close it then would lose the job's lock (fcntl(2)).
   */
  private static final Set<Path> OPEN = new HashSet<>();

  private final Path state;
  private final Path folder;
  private final Path lockFile;
  private final FileChannel channel;

  private JobFolder(Path state, Path folder, Path lockFile, FileChannel channel) {
    this.state = state;
    this.folder = folder;
    this.lockFile = lockFile;
    this.channel = channel;
  }

  /**
   * Makes a new job folder, after the removal of those that dead processes left.
   *
   * @param state the state folder, absolute
   */
  public static JobFolder open(Path state) throws IOException {
    Path jobs = Files.createDirectories(state.resolve("jobs"));
    letPass(state);
    Files.setPosixFilePermissions(jobs, Sandbox.READABLE_FOLDER);
    // The kernel's lock is the process's, so threads need one of their own.
    synchronized (OPEN) {
      try (FileChannel everybody =
          FileChannel.open(
              jobs.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
        everybody.lock();
        sweep(jobs);
        return create(state, jobs);
      }
    }
  }

  private static JobFolder create(Path state, Path jobs) throws IOException {
    String id = UUID.randomUUID().toString().substring(0, 8);
    Path lockFile = jobs.resolve(id + LOCK);
    FileChannel channel =
        FileChannel.open(lockFile, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    if (lock(channel) == null) {
      channel.close();
      throw new IOException(lockFile + ": somebody else locked our new file");
    }
    Path folder = Files.createDirectory(jobs.resolve(id));
    Files.setPosixFilePermissions(folder, Sandbox.READABLE_FOLDER);
    OPEN.add(lockFile);
    return new JobFolder(state, folder, lockFile, channel);
  }

  /** The users of build roots are others than we, and must come through to what is below. */
  private static void letPass(Path state) throws IOException {
    Set<PosixFilePermission> mode = new HashSet<>(Files.getPosixFilePermissions(state));
    if (mode.add(PosixFilePermission.OTHERS_EXECUTE)) {
      Files.setPosixFilePermissions(state, mode);
    }
  }

  private static void sweep(Path jobs) throws IOException {
    try (DirectoryStream<Path> locks = Files.newDirectoryStream(jobs, "?*" + LOCK)) {
      for (Path lockFile : locks) {
        if (!OPEN.contains(lockFile)) {
          sweepOne(jobs, lockFile);
        }
      }
    }
  }

  private static void sweepOne(Path jobs, Path lockFile) throws IOException {
    try (FileChannel channel = FileChannel.open(lockFile, StandardOpenOption.WRITE)) {
      if (lock(channel) != null) {
        String name = String.valueOf(lockFile.getFileName());
        String id = name.substring(0, name.length() - LOCK.length());
        ControlGroup.sweep(id);
        remove(jobs.resolve(id));
        Files.deleteIfExists(lockFile);
      }
    } catch (NoSuchFileException e) {
      // Its job was closed meanwhile.
    }
  }

  private static @Nullable FileLock lock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return null;
    }
  }

  Path state() {
    return state;
  }

  /** Distinct on this machine. */
  String id() {
    return String.valueOf(folder.getFileName());
  }

  /** A new folder in this job. */
  public Path folder(String name) throws IOException {
    Path made = Files.createDirectory(folder.resolve(name));
    Files.setPosixFilePermissions(made, Sandbox.READABLE_FOLDER);
    return made;
  }

  /** A name in this job, for something that makes its folder itself. */
  public Path path(String name) {
    return folder.resolve(name);
  }

  /** Removes everything, the lock file last. All the job's processes must be dead. */
  @Override
  public void close() throws IOException {
    remove(folder);
    Files.deleteIfExists(lockFile);
    channel.close();
    synchronized (OPEN) {
      OPEN.remove(lockFile);
    }
  }

  /**
   * By rm, which does not mind what names, depths and modes a hostile build gave its files, as the
   * owner of their numbers. Runs also when the job was cancelled, hence not through the job's
   * programs.
   */
  private static void remove(Path tree) throws IOException {
    List<String> command = new ArrayList<>();
    SubIds ids = SubIds.ofThisProcess();
    if (ids.ordinary()) {
      command.addAll(ids.asOwner());
    }
    command.addAll(List.of("/bin/rm", "-rf", "--one-file-system", "--", tree.toString()));
    Process rm =
        new ProcessBuilder(command)
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      if (!rm.waitFor(REMOVE_MINUTES, TimeUnit.MINUTES)) {
        rm.destroyForcibly();
      }
    } catch (InterruptedException e) {
      rm.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while removing " + tree);
    }
    if (Files.exists(tree)) {
      throw new IOException(tree + ": could not be removed");
    }
  }
}
