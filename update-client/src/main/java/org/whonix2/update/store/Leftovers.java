package org.whonix2.update.store;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.log.TilePath;

/**
 * Removes from a log's folder what no checkpoint names: bundles of a run that was killed or refused
 * and those that wider ones replaced, files half written, and the folders that become empty. What
 * we did not write is left alone.
 */
final class Leftovers extends SimpleFileVisitor<Path> {
  /** As AtomicFiles names what it writes aside. */
  private static final Pattern ASIDE = Pattern.compile("\\..+\\.[0-9a-f-]{36}\\.tmp");

  private final Path folder;
  private final long size;
  private final StoreFiles files;

  private Leftovers(Path folder, long size, StoreFiles files) {
    this.folder = folder;
    this.size = size;
    this.files = files;
  }

  /**
   * Sweeps; for the only writer.
   *
   * @param size of the kept tree
   */
  static void sweep(Path folder, long size, StoreFiles files) throws IOException {
    if (Files.isDirectory(folder)) {
      Files.walkFileTree(folder, new Leftovers(folder, size, files));
    }
  }

  @Override
  public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
    if (ASIDE.matcher(String.valueOf(file.getFileName())).matches() || isUnusedTile(file)) {
      files.delete(file);
    }
    return FileVisitResult.CONTINUE;
  }

  private boolean isUnusedTile(Path file) {
    try {
      TilePath tile = TilePath.parse(folder.relativize(file).toString());
      return !tile.isEntries() || !tile.isIn(size);
    } catch (MalformedInputException e) {
      return false;
    }
  }

  @Override
  public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException failure)
      throws IOException {
    if (failure != null) {
      throw failure;
    }
    if (visited.equals(folder) || !isEmpty(visited)) {
      return FileVisitResult.CONTINUE;
    }
    files.delete(visited);
    return FileVisitResult.CONTINUE;
  }

  private static boolean isEmpty(Path visited) throws IOException {
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(visited)) {
      return !entries.iterator().hasNext();
    }
  }
}
