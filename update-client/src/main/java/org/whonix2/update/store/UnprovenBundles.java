package org.whonix2.update.store;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.log.EntryBundle;
import org.whonix2.core.log.TilePath;
import org.whonix2.io.files.AtomicFiles;

/**
 * Full bundles of entries that one address served and no signed root covers yet, so that a sync
 * that breaks off need not fetch them again. They are as hostile as on the day they came: whoever
 * reads one judges it as if the network had brought it. What one address served is never taken for
 * what another did. For the writer of the store.
 *
 * <p>A cache: what cannot be kept is not, and what cannot be read is not there.
 */
public final class UnprovenBundles {
  /** Under the log's folder; a folder for each address. */
  static final String FOLDER = "unproven";

  /** What is kept of one log, of all its addresses together. */
  static final long MAX_BYTES = 2L << 30;

  /** What is left to everything else on the file system. */
  private static final long FREE = 1L << 30;

  /** The least that a file takes. */
  private static final long BLOCK = 4096;

  private final Path folder;
  private long room;

  UnprovenBundles(Path log, URI address, long maxBytes) {
    Path all = log.resolve(FOLDER);
    // The digest, as an address may hold anything.
    this.folder =
        all.resolve(Sha256.of(address.toString().getBytes(StandardCharsets.UTF_8)).toString());
    this.room = maxBytes - charged(all);
  }

  private static long charged(Path folder) {
    AtomicLong charged = new AtomicLong();
    walk(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            charged.addAndGet(charge(attributes.size()));
            return FileVisitResult.CONTINUE;
          }
        });
    return charged.get();
  }

  private static long charge(long length) {
    return Math.max(BLOCK, length);
  }

  /** The full bundle of this number as the address served it, if that was kept. */
  public Optional<byte[]> read(long bundle) {
    try {
      return AtomicFiles.readIfPresent(file(bundle), EntryBundle.MAX_BYTES);
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** Keeps a full bundle, as long as there is room. */
  public void keep(long bundle, byte[] content) {
    if (charge(content.length) > room) {
      return;
    }
    Path file = file(bundle);
    Path aside = folder.resolve("arriving");
    try {
      Files.createDirectories(folder);
      if (Files.getFileStore(folder).getUsableSpace() - content.length < FREE) {
        return;
      }
      // Not synced: half a bundle is a false one.
      Files.write(aside, content);
      Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE);
      room -= charge(content.length);
    } catch (IOException e) {
      room = 0;
    }
  }

  private Path file(long bundle) {
    return folder.resolve(TilePath.entries(bundle, TilePath.FULL).toString().replace('/', '-'));
  }

  /** Removes what this address served. */
  public void forget() {
    room += charged(folder);
    delete(folder);
  }

  /** Removes what all addresses of a log served. */
  static void forgetAll(Path log) {
    delete(log.resolve(FOLDER));
  }

  private static void delete(Path folder) {
    walk(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException failure)
              throws IOException {
            Files.deleteIfExists(visited);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  private static void walk(Path folder, SimpleFileVisitor<Path> visitor) {
    if (!Files.isDirectory(folder)) {
      return;
    }
    try {
      Files.walkFileTree(folder, visitor);
    } catch (IOException e) {
      // What could not be removed is judged again, or overwritten.
    }
  }
}
