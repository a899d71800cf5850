package org.whonix2.io.files;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * Replaces files atomically and durably (write aside, fsync, rename, fsync of the folder) and reads
 * them with a limit.
 */
public final class AtomicFiles {
  private static final Set<PosixFilePermission> PUBLIC =
      PosixFilePermissions.fromString("rw-r--r--");
  private static final Set<PosixFilePermission> PRIVATE =
      PosixFilePermissions.fromString("rw-------");

  private AtomicFiles() {}

  /** Replaces {@code file} (mode 0644, less the umask); its folder must exist. */
  public static void replace(Path file, byte[] content) throws IOException {
    write(file, content, PUBLIC, true);
  }

  /** Replaces {@code file}, readable by its owner only from its first moment (mode 0600). */
  public static void replacePrivate(Path file, byte[] content) throws IOException {
    write(file, content, PRIVATE, true);
  }

  /**
   * Creates {@code file} with mode 0600.
   *
   * @throws java.nio.file.FileAlreadyExistsException if it is there already
   */
  public static void createPrivate(Path file, byte[] content) throws IOException {
    write(file, content, PRIVATE, false);
  }

  private static void write(
      Path file, byte[] content, Set<PosixFilePermission> mode, boolean replace)
      throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    if (folder == null) {
      throw new IOException("not a file name: " + file);
    }
    Path aside = folder.resolve("." + file.getFileName() + "." + UUID.randomUUID() + ".tmp");
    FileAttribute<Set<PosixFilePermission>> attribute = PosixFilePermissions.asFileAttribute(mode);
    try {
      try (FileChannel out =
          FileChannel.open(
              aside,
              EnumSet.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
              attribute)) {
        ByteBuffer buffer = ByteBuffer.wrap(content);
        while (buffer.hasRemaining()) {
          out.write(buffer);
        }
        out.force(true);
      }
      if (replace) {
        Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE);
      } else {
        // link(2) fails where the name is taken, rename(2) does not.
        Files.createLink(file, aside);
      }
    } catch (FileSystemException e) {
      throw e;
    } catch (IOException e) {
      // A full disk, for one, comes without a name.
      FileSystemException named = new FileSystemException(file.toString(), null, e.getMessage());
      named.initCause(e);
      throw named;
    } finally {
      Files.deleteIfExists(aside);
    }
    syncFolder(folder);
  }

  /** Makes a folder and those above it, as far as they are missing, durably. */
  public static Path createFolders(Path folder) throws IOException {
    Path absolute = folder.toAbsolutePath();
    Path parent = absolute.getParent();
    if (!Files.isDirectory(absolute) && parent != null) {
      createFolders(parent);
      Files.createDirectories(absolute);
      syncFolder(parent);
    }
    return absolute;
  }

  /** Makes renames and creations in this folder durable. */
  public static void syncFolder(Path folder) throws IOException {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  /**
   * The whole file.
   *
   * @param limit the most bytes it may have
   * @throws IOException if it is longer, with both figures in the message
   */
  public static byte[] read(Path file, int limit) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] content = in.readNBytes(limit + 1);
      if (content.length > limit) {
        throw new IOException(file + ": expected at most " + limit + " bytes, found more");
      }
      return content;
    }
  }

  /** As {@link #read}, but empty where there is no such file. */
  public static Optional<byte[]> readIfPresent(Path file, int limit) throws IOException {
    try {
      return Optional.of(read(file, limit));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }
}
