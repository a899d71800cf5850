package org.whonix2.rebuilder.repository;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.openpgp.SecretKey;
import org.whonix2.io.files.AtomicFiles;

/**
 * Puts what was staged in place, in an order in which no reader is led to a file that is not there:
 * packages, indices by their hashes, indices by their names, Release files.
 */
final class Publication {
  /** How long a reader may take from a Release file to the indices that it names. */
  private static final Duration GRACE = Duration.ofDays(1);

  private static final int MOST_RELEASE_BYTES = 8 << 20;
  private static final Pattern NAMED = Pattern.compile("(?m)^ ([0-9a-f]{64}) ");
  private static final List<String> INDICES = List.of("Packages", "Packages.gz", "Packages.xz");

  private final RepositorySettings settings;
  private final Path staging;

  Publication(RepositorySettings settings, Path staging) {
    this.settings = settings;
    this.staging = staging;
  }

  /** Moves new packages to where they belong. */
  void packages(Collection<String> paths) throws IOException {
    Set<Path> folders = new LinkedHashSet<>();
    for (String path : paths) {
      Path file = settings.folder().resolve(path);
      Path folder = AtomicFiles.createFolders(file.resolveSibling("").normalize());
      Files.move(staging.resolve(path), file, StandardCopyOption.ATOMIC_MOVE);
      folders.add(folder);
    }
    for (Path folder : folders) {
      AtomicFiles.syncFolder(folder);
    }
  }

  /** Brings Release files into force, and the indices that they name. */
  void release(SignedRelease release, Set<String> architectures, Instant now) throws IOException {
    Path dist = settings.folder().resolve("dists").resolve(settings.suite());
    Set<String> current = named(release.plain());
    Set<String> replaced =
        AtomicFiles.readIfPresent(dist.resolve("Release"), MOST_RELEASE_BYTES)
            .map(Publication::named)
            .orElse(Set.of());
    for (String architecture : architectures) {
      indices(Indices.folder(settings.suite(), architecture));
    }
    AtomicFiles.replace(dist.resolve("Release"), release.plain());
    AtomicFiles.replace(dist.resolve("Release.gpg"), release.detached());
    AtomicFiles.replace(dist.resolve("InRelease"), release.inline());
    sweep(dist.resolve("main"), current, replaced, now);
  }

  private static Set<String> named(byte[] release) {
    Set<String> digests = new HashSet<>();
    Matcher matcher = NAMED.matcher(new String(release, StandardCharsets.UTF_8));
    while (matcher.find()) {
      digests.add(matcher.group(1));
    }
    return digests;
  }

  /**
   * First under their hashes, which nobody asks for yet; an index has two names, and is one file.
   */
  private void indices(String folder) throws IOException {
    Path target = AtomicFiles.createFolders(settings.folder().resolve(folder));
    Path byHash = AtomicFiles.createFolders(target.resolve("by-hash").resolve("SHA256"));
    for (String name : INDICES) {
      Path staged = staging.resolve(folder).resolve(name);
      Sha256 digest;
      try (InputStream in = Files.newInputStream(staged)) {
        digest = Sha256.of(in);
      }
      try (FileChannel channel = FileChannel.open(staged, StandardOpenOption.WRITE)) {
        channel.force(true);
      }
      Path link = Indices.suffixed(staged, ".by-hash");
      Files.createLink(link, staged);
      Files.move(link, byHash.resolve(digest.toString()), StandardCopyOption.ATOMIC_MOVE);
    }
    AtomicFiles.syncFolder(byHash);
    for (String name : INDICES) {
      Files.move(
          staging.resolve(folder).resolve(name),
          target.resolve(name),
          StandardCopyOption.ATOMIC_MOVE);
    }
    AtomicFiles.syncFolder(target);
  }

  /** Removes indices that no Release file has named for a day. */
  private static void sweep(Path main, Set<String> current, Set<String> replaced, Instant now)
      throws IOException {
    try (DirectoryStream<Path> architectures = Files.newDirectoryStream(main, "binary-*")) {
      for (Path architecture : architectures) {
        Path byHash = architecture.resolve("by-hash").resolve("SHA256");
        if (!Files.isDirectory(byHash, LinkOption.NOFOLLOW_LINKS)) {
          continue;
        }
        try (DirectoryStream<Path> indices = Files.newDirectoryStream(byHash)) {
          for (Path index : indices) {
            String digest = String.valueOf(index.getFileName());
            if (current.contains(digest)) {
              continue;
            }
            if (replaced.contains(digest)) {
              Files.setLastModifiedTime(index, FileTime.from(now));
            } else if (isOld(index, now)) {
              Files.delete(index);
            }
          }
        }
      }
    }
  }

  private static boolean isOld(Path index, Instant now) throws IOException {
    return Files.getLastModifiedTime(index, LinkOption.NOFOLLOW_LINKS)
        .toInstant()
        .isBefore(now.minus(GRACE));
  }

  /** The certificate by which readers check the Release files. */
  static void certificate(Path file, SecretKey key) throws IOException {
    AtomicFiles.replace(file, key.certificate().toBytes());
  }
}
