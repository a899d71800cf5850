package org.whonix2.update.store;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.log.EntryBundle;
import org.whonix2.core.log.TilePath;
import org.whonix2.io.files.AtomicFiles;

/**
 * Full bundles of entries that one address served and no signed root covers yet, so that a sync
 * that breaks off need not fetch them again. They are as hostile as on the day they came: whoever
 * reads one judges it as if the network had brought it. What one address served is never taken for
 * what another did. For the writer of the store.
 */
public final class UnprovenBundles {
  /** Under the log's folder; a folder for each address. */
  static final String FOLDER = "unproven";

  /** What is kept of one address at most; what comes then is fetched again by the next sync. */
  private static final long MAX_BYTES = 2L << 30;

  private final Path folder;
  private final StoreFiles files;
  private long room;

  UnprovenBundles(Path log, URI address, StoreFiles files) throws IOException {
    this(log, address, files, MAX_BYTES);
  }

  UnprovenBundles(Path log, URI address, StoreFiles files, long maxBytes) throws IOException {
    // The digest, as an address may hold anything.
    String name = Sha256.of(address.toString().getBytes(StandardCharsets.UTF_8)).toString();
    this.folder = log.resolve(FOLDER).resolve(name);
    this.files = files;
    this.room = maxBytes - bytes();
  }

  private long bytes() throws IOException {
    long bytes = 0;
    if (Files.isDirectory(folder)) {
      try (DirectoryStream<Path> bundles = Files.newDirectoryStream(folder)) {
        for (Path bundle : bundles) {
          bytes += Files.size(bundle);
        }
      }
    }
    return bytes;
  }

  /** The full bundle of this number as the address served it, if that was kept. */
  public Optional<byte[]> read(long bundle) throws IOException {
    return AtomicFiles.readIfPresent(file(bundle), EntryBundle.MAX_BYTES);
  }

  /** Keeps a full bundle, as long as there is room. */
  public void keep(long bundle, byte[] content) throws IOException {
    if (content.length <= room) {
      files.replace(file(bundle), content);
      room -= content.length;
    }
  }

  private Path file(long bundle) {
    return folder.resolve(TilePath.entries(bundle, TilePath.FULL).toString().replace('/', '-'));
  }

  /** Removes what this address served. */
  public void forget() throws IOException {
    room += bytes();
    forget(folder, files);
  }

  /** Removes what all addresses of a log served. */
  static void forgetAll(Path log, StoreFiles files) throws IOException {
    Path all = log.resolve(FOLDER);
    if (Files.isDirectory(all)) {
      try (DirectoryStream<Path> addresses = Files.newDirectoryStream(all)) {
        for (Path address : addresses) {
          forget(address, files);
        }
      }
      files.delete(all);
    }
  }

  private static void forget(Path folder, StoreFiles files) throws IOException {
    if (Files.isDirectory(folder)) {
      try (DirectoryStream<Path> bundles = Files.newDirectoryStream(folder)) {
        for (Path bundle : bundles) {
          files.delete(bundle);
        }
      }
      files.delete(folder);
    }
  }
}
