package org.whonix2.server.blob;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import org.apache.commons.codec.digest.DigestUtils;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.digest.Sha256;
import org.whonix2.io.files.AtomicFiles;

/** The files, each named by its digest and whole from its first moment. */
final class BlobFolder {
  private static final int STEP = 64 * 1024;

  /** Nothing arrives for longer than this. */
  private static final Duration ABANDONED = Duration.ofDays(1);

  private final Path folder;
  private final Path arriving;

  private BlobFolder(Path folder, Path arriving) {
    this.folder = folder;
    this.arriving = arriving;
  }

  /** Opens or makes it, and removes what a process that was killed has left of uploads. */
  static BlobFolder open(Path folder, Instant now) throws IOException {
    AtomicFiles.createFolders(folder);
    Path arriving = AtomicFiles.createFolders(folder.resolve("arriving"));
    try (DirectoryStream<Path> parts = Files.newDirectoryStream(arriving, "*.part")) {
      for (Path part : parts) {
        // Another process may share the folder: its uploads are younger.
        Instant changed = Files.getLastModifiedTime(part).toInstant();
        if (changed.isBefore(now.minus(ABANDONED))) {
          Files.deleteIfExists(part);
        }
      }
    }
    return new BlobFolder(folder, arriving);
  }

  /** Where a blob lies, if it is there. */
  Optional<Path> find(Sha256 digest) {
    Path file = file(digest);
    return Files.isRegularFile(file) ? Optional.of(file) : Optional.empty();
  }

  private Path file(Sha256 digest) {
    String name = digest.toString();
    return folder.resolve(name.substring(0, 2)).resolve(name);
  }

  /** What came of an upload, without a name until it is kept; closed, it goes if it has none. */
  record Arrived(Path part, Sha256 digest) implements AutoCloseable {
    @Override
    public void close() throws IOException {
      Files.deleteIfExists(part);
    }
  }

  /** Takes a file in, on disk when this returns. */
  Arrived receive(InputStream content) throws IOException {
    Path part = arriving.resolve(UUID.randomUUID() + ".part");
    try {
      return new Arrived(part, write(part, content));
    } catch (IOException | RuntimeException e) {
      Files.deleteIfExists(part);
      throw e;
    }
  }

  /** Gives it its name, on disk when this returns. */
  void keep(Arrived arrived) throws IOException {
    Path file = file(arrived.digest());
    Path parent =
        AtomicFiles.createFolders(folder.resolve(arrived.digest().toString().substring(0, 2)));
    Files.move(arrived.part(), file, StandardCopyOption.ATOMIC_MOVE);
    AtomicFiles.syncFolder(parent);
  }

  private static Sha256 write(Path part, InputStream content) throws IOException {
    MessageDigest digest = DigestUtils.getSha256Digest();
    byte[] step = new byte[STEP];
    try (FileChannel out =
        FileChannel.open(part, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      for (int count = content.read(step); count >= 0; count = content.read(step)) {
        digest.update(step, 0, count);
        ByteBuffer buffer = ByteBuffer.wrap(step, 0, count);
        while (buffer.hasRemaining()) {
          out.write(buffer);
        }
      }
      out.force(true);
    }
    return Sha256.finish(digest);
  }

  void remove(Sha256 digest) throws IOException {
    Files.deleteIfExists(file(digest));
  }

  /** What is told of each file. */
  interface Found {
    void blob(Sha256 digest, long size) throws IOException;
  }

  /** Every blob that lies there; a file of another name is none. */
  void each(Found found) throws IOException {
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(folder, "[0-9a-f][0-9a-f]")) {
      for (Path each : folders) {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(each)) {
          for (Path file : files) {
            Optional<Sha256> digest = digest(String.valueOf(file.getFileName()));
            OptionalLong size = digest.isPresent() ? size(file) : OptionalLong.empty();
            if (size.isPresent()) {
              found.blob(digest.get(), size.getAsLong());
            }
          }
        }
      }
    }
  }

  /** Empty if it went since it was listed: another process sweeps the folder too. */
  private static OptionalLong size(Path file) throws IOException {
    try {
      return OptionalLong.of(Files.size(file));
    } catch (NoSuchFileException e) {
      return OptionalLong.empty();
    }
  }

  private static Optional<Sha256> digest(String name) {
    try {
      return Optional.of(Sha256.parse(name));
    } catch (MalformedInputException e) {
      return Optional.empty();
    }
  }
}
