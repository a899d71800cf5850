package org.whonix2.rebuilder.sandbox;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.digest.Sha256;
import org.whonix2.io.files.AtomicFiles;
import org.whonix2.rebuilder.process.LogFile;
import org.whonix2.rebuilder.process.Programs;

/**
 * Layers that were made once, for all jobs of a state folder. A layer comes in by one rename of a
 * whole folder and goes out by another into a job's folder, so that whatever is killed when, a
 * layer is there whole or not at all.
 */
public final class RootCache {
  private final Path folder;
  private final Settings settings;
  private final SubIds ids;
  private final CacheLocks locks;

  /**
   * How the cache is kept.
   *
   * @param kept whether what is made is kept, and what was kept is taken
   * @param age how long a layer stays that nobody used
   * @param bytes how much all layers may take; those go first that were used least lately
   */
  public record Settings(boolean kept, Duration age, long bytes) {
    public static final Settings STANDARD = new Settings(true, Duration.ofDays(30), 10L << 30);
  }

  private RootCache(Path folder, Settings settings, SubIds ids, CacheLocks locks) {
    this.folder = folder;
    this.settings = settings;
    this.ids = ids;
    this.locks = locks;
  }

  /** Whether what is made is kept, and what was kept is taken. */
  public boolean isKept() {
    return settings.kept();
  }

  /** The cache of a state folder, absolute. */
  public static RootCache in(Path state, Settings settings) throws IOException {
    Path folder = Files.createDirectories(state.resolve("roots"));
    Files.setPosixFilePermissions(folder, Sandbox.READABLE_FOLDER);
    return new RootCache(
        folder, settings, SubIds.ofThisProcess(), CacheLocks.of(folder.resolve(".lock")));
  }

  SubIds ids() {
    return ids;
  }

  KnownPlans plans() {
    return new KnownPlans(folder);
  }

  /**
   * The layer of this key, which then must be {@link #release released}; empty if there is none, or
   * it is not as it was when it was made.
   */
  Optional<Layer> take(
      Sha256 key, Optional<Layer> below, JobFolder job, Programs programs, LogFile log)
      throws IOException {
    if (!settings.kept()) {
      return Optional.empty();
    }
    locks.use(key);
    boolean found = false;
    try {
      Optional<Layer> layer = whole(key, below, programs, log);
      found = layer.isPresent();
      return layer;
    } finally {
      if (!found) {
        locks.release(key);
        discard(key, job);
      }
    }
  }

  private Optional<Layer> whole(Sha256 key, Optional<Layer> below, Programs programs, LogFile log)
      throws IOException {
    Path there = folder.resolve(key.toString());
    Optional<byte[]> bytes =
        AtomicFiles.readIfPresent(Layer.manifest(there), LayerManifest.MAX_BYTES);
    if (bytes.isEmpty()) {
      return Optional.empty();
    }
    try {
      LayerManifest manifest = LayerManifest.parse(bytes.get());
      Optional<Sha256> expected = below.map(layer -> layer.manifest().state());
      if (manifest.below().equals(expected)
          && Layer.state(there, ids, programs).equals(manifest.state())) {
        Files.setLastModifiedTime(there, FileTime.from(Instant.now()));
        return Optional.of(new Layer(there, manifest));
      }
    } catch (MalformedInputException e) {
      log.line(there + ": " + e.getMessage());
    }
    log.line(there + ": expected it as it was made, found it changed; it is made anew");
    return Optional.empty();
  }

  private void discard(Sha256 key, JobFolder job) throws IOException {
    Path there = folder.resolve(key.toString());
    if (Files.exists(there, LinkOption.NOFOLLOW_LINKS)) {
      locks.ifUnused(key, () -> moveOut(there, job));
    }
  }

  private static void moveOut(Path layer, JobFolder job) throws IOException {
    if (Files.exists(layer, LinkOption.NOFOLLOW_LINKS)) {
      Path out = job.path("removed-" + UUID.randomUUID());
      Files.move(layer, out, StandardCopyOption.ATOMIC_MOVE);
    }
  }

  /**
   * Keeps a layer that a job has made in its folder, if layers are kept.
   *
   * @return the layer where it now is; it must be {@link #release released}
   */
  Layer keep(Sha256 key, Layer made) throws IOException {
    if (!settings.kept()) {
      return made;
    }
    locks.use(key);
    Path there = folder.resolve(key.toString());
    if (Files.exists(there, LinkOption.NOFOLLOW_LINKS)) {
      // Somebody else was faster. Theirs was not looked at; ours is as good.
      return made;
    }
    try {
      Files.move(made.folder(), there, StandardCopyOption.ATOMIC_MOVE);
    } catch (FileSystemException e) {
      if (Files.exists(there, LinkOption.NOFOLLOW_LINKS)) {
        return made;
      }
      throw e;
    }
    AtomicFiles.syncFolder(folder);
    return new Layer(there, made.manifest());
  }

  void release(Sha256 key) throws IOException {
    if (settings.kept()) {
      locks.release(key);
    }
  }

  /**
   * Removes what is too old, and then what was used least lately until the rest is small enough.
   * Layers in use stay. What goes is moved into the job's folder, and is gone with it.
   */
  public void clean(JobFolder job, Instant now) throws IOException {
    plans().forget(now.minus(settings.age()));
    List<Entry> entries = entries();
    long bytes = entries.stream().mapToLong(Entry::bytes).sum();
    for (Entry entry : entries) {
      boolean old = entry.used().isBefore(now.minus(settings.age()));
      if ((old || bytes > settings.bytes() || entry.bytes() < 0)
          && locks.ifUnused(entry.key(), () -> moveOut(entry.layer(), job))) {
        bytes -= entry.bytes();
      }
    }
  }

  /** One layer in the cache. */
  private record Entry(Path layer, Sha256 key, Instant used, long bytes) {}

  /** Those that were used least lately first. */
  private List<Entry> entries() throws IOException {
    List<Entry> entries = new ArrayList<>();
    try (DirectoryStream<Path> layers = Files.newDirectoryStream(folder)) {
      for (Path layer : layers) {
        try {
          Sha256 key = Sha256.parse(String.valueOf(layer.getFileName()));
          Instant used = Files.getLastModifiedTime(layer).toInstant();
          entries.add(new Entry(layer, key, used, size(layer)));
        } catch (MalformedInputException | NoSuchFileException e) {
          // The lock file, nothing of ours, or gone meanwhile.
        }
      }
    }
    entries.sort(Comparator.comparing(Entry::used));
    return entries;
  }

  /** As its manifest says; negative if that cannot be read. */
  private static long size(Path layer) throws IOException {
    Optional<byte[]> manifest =
        AtomicFiles.readIfPresent(Layer.manifest(layer), LayerManifest.MAX_BYTES);
    try {
      return manifest.isEmpty() ? -1 : LayerManifest.parse(manifest.get()).bytes();
    } catch (MalformedInputException e) {
      return -1;
    }
  }
}
